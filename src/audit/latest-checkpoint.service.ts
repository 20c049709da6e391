import type { KeyRing } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import { readCheckpoint } from './checkpoint.ts';
import { findNewestNote } from './seal.store.ts';

/** The newest checkpoint as a receipt carries it: what it covers, its root (base64), and the whole signed note. */
export type CarriedCheckpoint = { readonly size: number; readonly root: string; readonly note: string };

/** A checkpoint some seconds old says as much: what it covers can no longer be changed unnoticed. */
const KEPT_MS = 5_000;
const kept = new WeakMap<KeyRing, { carried: CarriedCheckpoint; readAt: number }>();

/**
 * The newest checkpoint of the record, for what leaves the house; null before anything was sealed. Read at most
 * every five seconds in a process, so that a receipt waits for no further statement.
 */
export async function latestCheckpoint(ctx: Ctx): Promise<CarriedCheckpoint | null> {
  const known = kept.get(ctx.keyRing);
  if (known !== undefined && performance.now() - known.readAt < KEPT_MS) return known.carried;
  const note = await findNewestNote(ctx.tx);
  const checkpoint = note === undefined ? null : readCheckpoint(note);
  if (note === undefined || checkpoint === null) return null;
  const carried = { size: checkpoint.treeSize, root: checkpoint.rootHash.toString('base64'), note };
  kept.set(ctx.keyRing, { carried, readAt: performance.now() });
  return carried;
}
