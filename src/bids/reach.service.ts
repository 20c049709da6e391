import type { Ctx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { BidDraft } from './bid-draft.ts';
import { pad, unpad } from './sealing.ts';

/** The lines that a draft says anything of. */
export const reachOf = (draft: Pick<BidDraft, 'lines'>): string[] =>
  Object.entries(draft.lines)
    .filter(([, line]) => Object.values(line).some(saysSomething))
    .map(([itemId]) => itemId);

const saysSomething = (said: unknown): boolean =>
  typeof said === 'object' && said !== null
    ? Object.values(said).some(saysSomething)
    : said !== '' && said !== null && said !== undefined && said !== false;

/**
 * Keeps what a submission is an offer for: the hash of what was asked for then, and which lines it speaks of, sealed by
 * the key ring as its draft is, so that an amendment finds the bids it touches. Nobody on the buying side can read it; the job that gives bids back does.
 */
export async function noteReach(
  ctx: Ctx,
  of: {
    bidId: string;
    /** Null where only the bidder's browser can read it. */
    draft: Pick<BidDraft, 'lines'> | null;
    eventSha256: string;
    receivedAt: Date;
  },
): Promise<void> {
  const sealed =
    of.draft === null
      ? null
      : ctx.keyRing.seal(pad(Buffer.from(JSON.stringify(reachOf(of.draft)))), placeOf(of.bidId));
  await rowsOf(
    ctx.tx,
    `INSERT INTO bid_reach (bid_id, sealed, event_sha256, received_at)
     VALUES (?, ?, ?, ?)
         ON CONFLICT (bid_id) DO UPDATE
        SET sealed = excluded.sealed, event_sha256 = excluded.event_sha256, received_at = excluded.received_at`,
    [of.bidId, sealed, of.eventSha256, of.receivedAt],
  );
}

export type Reach = {
  readonly bidId: string;
  /** Null where it is not known. */
  readonly itemIds: readonly string[] | null;
  readonly receivedAt: Date;
};

/** What the submitted bids of an event speak of, and when each was received. */
export async function findReaches(ctx: Ctx, eventId: string): Promise<Reach[]> {
  const rows = await rowsOf<{ bidId: string; sealed: Buffer | null; receivedAt: Date }>(
    ctx.tx,
    `SELECT bid.id AS "bidId", reach.sealed, bid.submitted_at AS "receivedAt"
       FROM bid
       LEFT JOIN bid_reach AS reach ON reach.bid_id = bid.id AND reach.received_at = bid.submitted_at
      WHERE bid.event_id = ?
        AND bid.state = 'submitted'`,
    [eventId],
  );
  return rows.map(({ bidId, sealed, receivedAt }) => ({
    bidId,
    receivedAt,
    itemIds: sealed === null ? null : readReach(ctx, bidId, sealed),
  }));
}

/** A reach that cannot be read is not known: then the bid counts as touched. */
function readReach(ctx: Ctx, bidId: string, sealed: Buffer): string[] | null {
  try {
    return JSON.parse(
      Buffer.from(unpad(ctx.keyRing.unseal(sealed, placeOf(bidId)))).toString('utf8'),
    ) as string[];
  } catch {
    return null;
  }
}

const placeOf = (bidId: string): string => `bid_reach.sealed.${bidId}`;
