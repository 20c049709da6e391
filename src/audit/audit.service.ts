import { found } from '../kernel/errors.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { dayIn, instantAt } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as queries from './audit.queries.ts';
import { type Checkpoint, isSignedBy, readCheckpoint } from './checkpoint.ts';
import { insertActs } from './event.store.ts';
import { hashOfRow, type LeafRow, namedColumns } from './leaf.ts';
import { consistencyRanges, inclusionRanges, isConsistent, isIncluded } from './merkle.ts';
import { findHashes } from './proof.store.ts';
import type { RecordFilter, RecordRow } from './record.queries.ts';
import { findHead, type StoredCheckpoint } from './seal.store.ts';

/** One page of what an auditor asks the record. */
export const searchRecord = (ctx: Ctx, filter: RecordFilter, page: PageRequest): Promise<Page<RecordRow>> =>
  queries.searchRecord(ctx.tx, filter, page);

/** How an act is bound into the record. */
export type Proof = {
  readonly leafIndex: number;
  readonly leafHash: Buffer;
  readonly path: readonly Buffer[];
  readonly row: LeafRow;
  readonly checkpoint: StoredCheckpoint;
  /** The row hashes to its leaf, the path leads to the root, and our key has signed that root. */
  readonly isRowUnchanged: boolean;
  readonly isIncluded: boolean;
  readonly isSigned: boolean;
};

/**
 * One act with everything the record holds of it, what was done together with it, and its proof; the proof is null
 * while the act waits for its seal.
 * @throws AppError `event.not-found`
 */
export async function getRecordedAct(ctx: Ctx, eventId: string) {
  const act = found('event', await queries.findRecordedAct(ctx.tx, eventId));
  const together =
    act.requestId === null
      ? []
      : await queries.findActsTogether(ctx.tx, {
          requestId: act.requestId,
          exceptId: act.id,
          near: act.position,
        });
  return { act, together, proof: await proofOf(ctx, act.position) };
}

/**
 * The proof of an act as a file: whoever has it needs no database to check it, only the public key.
 * @throws AppError `event.not-found`, also while the act waits for its seal
 */
export async function getProofFile(ctx: Ctx, eventId: string) {
  const act = found('event', await queries.findRecordedAct(ctx.tx, eventId));
  const proof = found('event', (await proofOf(ctx, act.position)) ?? undefined);
  return {
    format: 'portico-proof/1',
    act: namedColumns(proof.row),
    leafIndex: proof.leafIndex,
    path: proof.path.map((hash) => hash.toString('hex')),
    checkpoint: proof.checkpoint.signedNote,
    publicKey: ctx.keyRing.publicKeyPem,
  };
}

async function proofOf(ctx: Ctx, position: number): Promise<Proof | null> {
  const leaf = await queries.findLeaf(ctx.tx, position);
  const head = await findHead(ctx.tx);
  if (leaf === undefined || leaf.seal === null || head === undefined) return null;
  const { leafIndex, hash } = leaf.seal;
  const path = await findHashes(ctx.tx, inclusionRanges(leafIndex, head.treeSize));
  const leafHash = hashOfRow(leaf.row);
  const claim = { leafHash, leafIndex, size: head.treeSize, path, root: head.rootHash };
  const signed = readCheckpoint(head.signedNote);
  return {
    leafIndex,
    leafHash,
    row: leaf.row,
    path,
    checkpoint: head,
    isRowUnchanged: leafHash.equals(hash),
    isIncluded: isIncluded(claim),
    isSigned: isSignedBy(head.signedNote, ctx.keyRing) && signed?.rootHash.equals(head.rootHash) === true,
  };
}

/** Checkpoints, the newest first, and what waits for its seal. */
export async function listCheckpoints(ctx: Ctx, page: PageRequest) {
  const oldest = await queries.findOldestUnsealed(ctx.tx);
  return {
    page: await queries.listCheckpoints(ctx.tx, page),
    waiting: { count: oldest?.count ?? 0, since: oldest?.at ?? null },
  };
}

/** @throws AppError `checkpoint.not-found` */
export const getCheckpointNote = async (ctx: Ctx, id: string) =>
  found('checkpoint', await queries.findCheckpointNote(ctx.tx, id));

async function newestCheckpoint(
  ctx: Ctx,
): Promise<{ id: string; note: string; checkpoint: Checkpoint } | null> {
  const head = await findHead(ctx.tx);
  const checkpoint = head === undefined ? null : readCheckpoint(head.signedNote);
  return head === undefined || checkpoint === null
    ? null
    : { id: head.id, note: head.signedNote, checkpoint };
}

export type Comparison =
  | { readonly result: 'unreadable' | 'other-key' | 'too-new' }
  | {
      readonly result: 'fits' | 'differs';
      readonly treeSize: number;
      readonly at: Date;
      readonly since: number;
    };

/** Is what a kept checkpoint was signed over still the beginning of the record? */
export async function compareCheckpoint(ctx: Ctx, note: string): Promise<Comparison> {
  const kept = readCheckpoint(note);
  if (kept === null || kept.treeSize === 0) return { result: 'unreadable' };
  if (!isSignedBy(note, ctx.keyRing)) return { result: 'other-key' };
  const head = await findHead(ctx.tx);
  if (head === undefined || head.treeSize < kept.treeSize) return { result: 'too-new' };
  const proof = await findHashes(ctx.tx, consistencyRanges(kept.treeSize, head.treeSize));
  const fits = isConsistent({
    earlier: { size: kept.treeSize, root: kept.rootHash },
    later: { size: head.treeSize, root: head.rootHash },
    proof,
  });
  return {
    result: fits ? 'fits' : 'differs',
    treeSize: kept.treeSize,
    at: kept.at,
    since: head.treeSize - kept.treeSize,
  };
}

/**
 * Takes the newest checkpoint to be mailed, once a day of the company: null when today's is taken, or when there is
 * none. Records that it was, in the caller's transaction; the act's id keeps anybody from being told twice.
 */
export async function takeCheckpointToMail(ctx: Ctx) {
  const { timeZone } = ctx.policies.company;
  const day = dayIn(ctx.now, timeZone);
  if (await queries.wasCheckpointMailedSince(ctx.tx, instantAt(`${day}T00:00`, timeZone))) return null;
  const latest = await newestCheckpoint(ctx);
  if (latest === null) return null;
  const [eventId] = await insertActs(ctx, [
    {
      action: 'event_checkpoint.mailed',
      subject: { type: 'event_checkpoint', id: latest.id },
      changes: { day, treeSize: latest.checkpoint.treeSize },
    },
  ]);
  return { ...latest, day, eventId: eventId as string };
}
