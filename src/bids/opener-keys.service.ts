import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findCurrentKey, insertOpenerKey, type OpenerKey } from './opener.store.ts';

/** The opener's key as it stands, or null before the first. */
export async function getOpenerKey(ctx: Ctx): Promise<OpenerKey | null> {
  return (await findCurrentKey(ctx.tx, found('user', ctx.actor.userId))) ?? null;
}

// How a file that age wrapped by a passphrase begins (C2SP age, scrypt stanza).
const WRAPPED = /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]+ \d{1,2}\n/;

/**
 * Keeps a key that was made in the opener's browser, for events from now on; earlier ones stay for the events they were
 * appointed for. What is kept is wrapped by a passphrase that never leaves the browser.
 * @throws AppError `opener_key.not-wrapped`
 */
export async function addOpenerKey(ctx: Ctx, made: { recipient: string; wrapped: Buffer }): Promise<void> {
  if (!WRAPPED.test(made.wrapped.subarray(0, 200).toString('latin1')))
    throw ruleBroken('opener_key.not-wrapped', 'This is no key wrapped by a passphrase');
  const id = newId();
  const userId = found('user', ctx.actor.userId);
  await insertOpenerKey(ctx.tx, { id, userId, createdAt: ctx.now, ...made });
  await record(ctx, {
    action: 'opener_key.made',
    subject: { type: 'opener_key', id },
    changes: { recipient: made.recipient },
  });
}
