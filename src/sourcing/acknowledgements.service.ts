import { record } from '../audit/index.ts';
import { type Document, documentsOfAll } from '../documents/index.ts';
import { mayUse } from '../identity/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './amendment.store.ts';
import { touchOf } from './amendment-difference.ts';
import { findEvent } from './sourcing.service.ts';

/** What was amended, as a supplier that takes part reads it, with the files that came with it. */
export type AmendmentTold = store.PublishedAmendment & { readonly files: readonly Document[] };

/** The newest first; none where nothing was amended. */
export async function findAmendmentsTold(
  ctx: Ctx,
  of: { eventId: string; supplierId: string },
): Promise<AmendmentTold[]> {
  const amendments = await store.findPublishedFor(ctx.tx, of);
  if (amendments.length === 0) return [];
  const files = await documentsOfAll(
    ctx,
    'amendment',
    amendments.map(({ id }) => id),
  );
  return amendments.map((one) => ({ ...one, files: files.filter((file) => file.subject.id === one.id) }));
}

/** Notes that the supplier has looked at what was amended; idempotent, and no act. */
export async function noteAmendmentsSeen(
  ctx: Ctx,
  of: { eventId: string; supplierId: string },
): Promise<void> {
  const unseen = (await store.findPublishedFor(ctx.tx, of)).filter((one) => one.seenAt === null);
  if (unseen.length === 0) return;
  await store.saveAcknowledgements(
    ctx.tx,
    unseen.map(({ id }) => id),
    { supplierId: of.supplierId, at: ctx.now, acknowledgedBy: null },
  );
}

/**
 * The supplier says that it knows the amendment: from then on it may submit again. Again does nothing.
 * @throws AppError `amendment.not-found`
 */
export async function acknowledgeAmendment(
  ctx: Ctx,
  of: { eventId: string; supplierId: string; amendmentId: string },
): Promise<void> {
  const told = await store.findPublishedFor(ctx.tx, of);
  const amendment = found(
    'amendment',
    told.find(({ id }) => id === of.amendmentId),
  );
  if (amendment.acknowledgedAt !== null) return;
  await store.saveAcknowledgements(ctx.tx, [amendment.id], {
    supplierId: of.supplierId,
    at: ctx.now,
    acknowledgedBy: found('user', ctx.actor.userId),
  });
  await record(ctx, {
    action: 'amendment.acknowledged',
    subject: { type: 'amendment', id: amendment.id },
    changes: { eventId: of.eventId, number: amendment.number },
  });
}

/** The number of the first amendment that the supplier has yet to acknowledge; null where it knows them all. */
export const findUnacknowledged = async (
  ctx: Ctx,
  of: { eventId: string; supplierId: string },
): Promise<number | null> =>
  (await store.findPublishedFor(ctx.tx, of)).findLast((one) => one.isToAcknowledge)?.number ?? null;

/** Who submits a bid knows what it is for. @throws AppError `amendment.not-acknowledged` */
export function assertAmendmentsKnown(unacknowledged: number | null): void {
  if (unacknowledged !== null)
    throw ruleBroken('amendment.not-acknowledged', 'Read and acknowledge the amendment first', {
      number: unacknowledged,
    });
}

/** Which bids a published amendment touches; undefined once they were given back. */
export async function findTouch(ctx: Ctx, amendmentId: string) {
  const amendment = await store.findToSettle(ctx.tx, amendmentId);
  if (amendment === undefined || amendment.settledAt !== null) return undefined;
  const { changes, publishedAt, touchesAll, eventId, number } = amendment;
  if (changes === null || publishedAt === null) return undefined;
  return { eventId, number, publishedAt, touch: touchOf(changes, touchesAll) };
}

/** Every bid it touches was given back: the event may close. */
export const settleAmendment = (ctx: Ctx, amendmentId: string): Promise<void> =>
  store.saveSettled(ctx.tx, amendmentId, ctx.now);

/** What goes out with an amendment is ours until it is published, and then everybody's who takes part. */
export async function mayReadAmendmentDocument(
  ctx: Ctx,
  document: Pick<Document, 'subject'>,
): Promise<boolean> {
  const amendment = await store.findEventOf(ctx.tx, document.subject.id);
  if (amendment === undefined) return false;
  if (ctx.actor.kind === 'staff')
    return mayUse(ctx, 'sourcing_event.read') && (await isSeen(ctx, amendment.eventId));
  const { supplierId } = ctx.actor;
  if (supplierId === null) return false;
  const told = await store.findPublishedFor(ctx.tx, { eventId: amendment.eventId, supplierId });
  return told.some(({ id }) => id === document.subject.id);
}

const isSeen = (ctx: Ctx, eventId: string): Promise<boolean> =>
  findEvent(ctx, eventId).then(
    () => true,
    () => false,
  );
