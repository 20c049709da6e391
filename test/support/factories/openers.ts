import { Encrypter } from 'age-encryption';
import { appointOpeners } from '../../../src/bids/appointments.service.ts';
import { addOpenerKey } from '../../../src/bids/opener-keys.service.ts';
import { makeKeyPair, openShare } from '../../../src/bids/sealing.ts';
import type { Actor } from '../../../src/kernel/actor.ts';
import type { Ctx } from '../../../src/platform/db/context.ts';
import { type EventSealing, findEvent } from '../../../src/sourcing/index.ts';
import type { Visitor, World } from '../world.ts';

export const PASSPHRASE = 'four words nobody guesses';
export type TestOpener = { readonly actor: Actor; readonly identity: string };

/** A bid opener with a key of its own, wrapped as its browser would. */
export async function makeOpener(
  world: Pick<World, 'staff' | 'runInTx'>,
  role: 'bid_opener' | 'buyer' = 'bid_opener',
): Promise<TestOpener> {
  const actor = await world.staff(role);
  const { identity, recipient } = await makeKeyPair();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(PASSPHRASE);
  encrypter.setScryptWorkFactor(2);
  const wrapped = Buffer.from(await encrypter.encrypt(identity));
  await world.runInTx(actor, (ctx) => addOpenerKey(ctx, { recipient, wrapped }));
  return { actor, identity };
}

/** For `publishedEvent`: appoints these openers, in these envelopes, at this level. */
export const appointing =
  (openers: readonly TestOpener[], over: Partial<EventSealing> & { threshold?: number } = {}) =>
  async (ctx: Ctx, eventId: string): Promise<void> => {
    const { sealingLevel, allowsSealingOnArrival, envelopes, version } = await findEvent(ctx, eventId);
    const openerIds = openers.map(({ actor }) => actor.userId ?? '');
    const sealing = { sealingLevel, allowsSealingOnArrival, envelopes, ...over };
    await appointOpeners(ctx, { eventId, version, threshold: 2, ...sealing, openerIds });
  };

type Share = { envelopeId: string; share: string };

/** What the opener's browser does: fetches its sealed shares and opens them. */
export async function openedShares(visitor: Visitor, eventId: string, identity: string): Promise<Share[]> {
  const { body } = await visitor.get(`/events/${eventId}/opening/part.json`).expect(200);
  const { shares } = body as { shares: { envelopeId: string; sealed: string }[] };
  return Promise.all(
    shares.map(async ({ envelopeId, sealed }) => ({
      envelopeId,
      share: Buffer.from((await openShare(Buffer.from(sealed, 'base64'), identity)) ?? []).toString('base64'),
    })),
  );
}

/** Gives an opener's part; `bend` makes something else of its shares. */
export async function givePartAs(
  world: World,
  of: { eventId: string; opener: TestOpener; bend?: (shares: Share[]) => Share[] },
) {
  const visitor = await world.as(of.opener.actor);
  const shares = await openedShares(visitor, of.eventId, of.opener.identity);
  const bent = of.bend === undefined ? shares : of.bend(shares);
  return visitor.post(`/events/${of.eventId}/opening/part`, { shares: JSON.stringify(bent) });
}
