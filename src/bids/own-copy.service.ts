import type { Ctx } from '../platform/db/context.ts';
import {
  type EventItem,
  findEventForSupplier,
  findEventItems,
  findPlan,
  type Lot,
  type Requirement,
  type SourcingEvent,
} from '../sourcing/index.ts';
import type { Bid } from './bid.ts';
import { findWrappedKey } from './draft.store.ts';
import { getSubmission } from './kept-submission.service.ts';
import type { Receipt } from './receipt.ts';

/** What was asked for and what was received: what the bidder's own key then opens beside it, in its browser. */
export type OwnCopyPage = {
  readonly bid: Bid;
  readonly event: SourcingEvent;
  readonly lots: readonly Lot[];
  readonly items: readonly EventItem[];
  readonly requirements: readonly Requirement[];
  readonly receipt: Receipt;
  /** Base64 of the draft's key, wrapped by a passphrase; null where nobody chose one. */
  readonly wrappedKey: string | null;
};

/** @throws AppError `bid.not-found`, `bid_version.not-found` */
export async function getOwnCopy(
  ctx: Ctx,
  of: { bidId: string; version: number | null },
): Promise<OwnCopyPage> {
  const { bid, receipt, lots } = await getSubmission(ctx, of.bidId, of.version);
  return {
    bid,
    event: await findEventForSupplier(ctx, bid.eventId),
    lots,
    items: await findEventItems(ctx, bid.eventId),
    requirements: (await findPlan(ctx, bid.eventId)).requirements,
    receipt,
    wrappedKey: (await findWrappedKey(ctx.tx, bid.id))?.toString('base64') ?? null,
  };
}
