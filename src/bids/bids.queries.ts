import { found } from '../kernel/errors.ts';
import { isId } from '../kernel/id.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { Day } from '../kernel/time.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { SourcingEventState } from '../sourcing/index.ts';
import type { BidState } from './bid.ts';
import { waitingForOpener } from './openers.queries.ts';
import type { PricedIn } from './priced-unit.ts';

/** An invitation of the supplier with what became of it: a line of its list. */
export type InvitationRow = {
  readonly invitationId: string;
  readonly invitationState: string;
  readonly eventId: string;
  readonly eventReference: string;
  readonly title: string;
  readonly eventState: SourcingEventState;
  readonly closesAt: Date | null;
  readonly timeZone: string;
  readonly lineCount: number;
  readonly bidId: string | null;
  readonly bidReference: string | null;
  readonly bidState: BidState | null;
  readonly version: number | null;
  readonly submittedAt: Date | null;
  /** The draft says something that was not submitted. */
  readonly isUnsubmitted: boolean;
};

const INVITATIONS = `
  SELECT invitation.id AS "invitationId", invitation.state AS "invitationState", event.id AS "eventId",
         event.reference AS "eventReference", event.title,
         CASE WHEN invitation.bidding_ended_at IS NOT NULL
               AND event.state IN ('open', 'paused', 'amending', 'closed', 'opening')
              THEN 'evaluation' ELSE event.state END AS "eventState",
         coalesce(invitation.bidding_ended_at, event.closes_at) AS "closesAt", event.time_zone AS "timeZone",
         (SELECT count(*) FROM event_item WHERE event_item.event_id = event.id) AS "lineCount",
         bid.id AS "bidId", bid.reference AS "bidReference", bid.state AS "bidState",
         bid.current_version AS version, bid.submitted_at AS "submittedAt",
         coalesce(bid_draft.revision IS DISTINCT FROM bid_draft.submitted_revision, false)
           AND bid.state IN ('draft', 'submitted', 'invalid') AS "isUnsubmitted"
    FROM invitation
    JOIN sourcing_event AS event ON event.id = invitation.event_id
    LEFT JOIN LATERAL (SELECT latest.*
                         FROM bid AS latest
                        WHERE latest.event_id = event.id
                          AND latest.supplier_id = invitation.supplier_id
                        ORDER BY latest.created_at DESC, latest.id DESC
                        LIMIT 1) AS bid ON true
    LEFT JOIN bid_draft ON bid_draft.bid_id = bid.id
   WHERE invitation.supplier_id = ?
     AND invitation.state <> 'uninvited'
     AND event.published_at IS NOT NULL`;

/** What the supplier can still answer, the next to close first. */
export const findOpenInvitations = (ctx: Ctx, supplierId: string): Promise<InvitationRow[]> =>
  rowsOf<InvitationRow>(
    ctx.tx,
    `${INVITATIONS}
     AND event.state = 'open'
     AND event.closes_at > ?
     AND invitation.bidding_ended_at IS NULL
     AND invitation.state <> 'declined'
   ORDER BY event.closes_at, event.id
   LIMIT 100`,
    [supplierId, ctx.now],
  );

/** All other invitations, the newest first. */
export async function findPastInvitations(
  ctx: Ctx,
  supplierId: string,
  page: PageRequest,
): Promise<Page<InvitationRow>> {
  const rows = await rowsOf<InvitationRow>(
    ctx.tx,
    `${INVITATIONS}
     AND NOT (event.state = 'open' AND event.closes_at > ? AND invitation.bidding_ended_at IS NULL
              AND invitation.state <> 'declined')
     AND (?::uuid IS NULL OR invitation.id < ?::uuid)
   ORDER BY invitation.id DESC
   LIMIT ?`,
    [supplierId, ctx.now, afterOf(page), afterOf(page), page.limit + 1],
  );
  return toPage(rows, page.limit, (row) => row.invitationId);
}

/** A cursor that somebody wrote by hand starts from the beginning. */
const afterOf = (page: PageRequest): string | null => (isId(page.after) ? page.after : null);

/** A bid's lines as the comparison reads them. */
export type OpenedBid = {
  readonly id: string;
  readonly reference: string;
  readonly supplierId: string;
  readonly supplierName: string;
  /** `opened` is a bid that does not conform: it has no lines, and people decide on it. */
  readonly state: BidState;
  readonly totalAmount: string | null;
  /** What its amounts are in; null for a bid that does not conform. */
  readonly currency: string | null;
  readonly validUntilOn: Day | null;
  /** The lots that it was excluded from, with the reason: it is compared without them. */
  readonly excludedLots: readonly { readonly lotId: string; readonly reason: string }[];
  /** What was offered in place of a line, by the id of the line. */
  readonly alternates: ReadonlyMap<string, readonly OpenedBidAlternate[]>;
  /** By the id of the event's line. A line that is not here was not bid on. */
  readonly lines: ReadonlyMap<string, OpenedBidLine>;
};
export type OpenedBidLine = {
  readonly bidLineId: string;
  readonly unitPrice: string | null;
  readonly priceBaseQuantity: string;
  readonly pricedIn: PricedIn | null;
  readonly amount: string | null;
  readonly leadTimeDays: number | null;
  readonly note: string;
  readonly capacity: string | null;
  /** Prices at the other quantities that were asked for, ascending. */
  readonly tiers: readonly { readonly quantity: string; readonly unitPrice: string }[];
};
export type OpenedBidAlternate = {
  readonly id: string;
  readonly alternateNo: number;
  readonly description: string;
  readonly unitPrice: string;
  readonly amount: string;
  readonly leadTimeDays: number | null;
};

/** Every opened bid of an event with its lines, the lowest total first; none before the opening. */
export async function findOpenedBids(ctx: Ctx, eventId: string): Promise<OpenedBid[]> {
  const rows = await rowsOf<
    Omit<OpenedBid, 'lines' | 'alternates'> & {
      lines: (OpenedBidLine & { eventItemId: string })[];
      alternates: (OpenedBidAlternate & { eventItemId: string })[];
    }
  >(
    ctx.tx,
    `SELECT bid.id, bid.reference, bid.supplier_id AS "supplierId", supplier.name AS "supplierName", bid.state,
            bid.total_amount::text AS "totalAmount", bid.currency, bid.valid_until_on AS "validUntilOn",
            (SELECT coalesce(jsonb_agg(jsonb_build_object(
                      'eventItemId', one.event_item_id, 'id', one.id, 'alternateNo', one.alternate_no,
                      'description', one.description, 'unitPrice', trim_scale(one.unit_price)::text,
                      'amount', one.amount::text, 'leadTimeDays', one.lead_time_days)
                      ORDER BY one.alternate_no), '[]')
               FROM bid_alternate AS one
              WHERE one.bid_id = bid.id) AS alternates,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('lotId', decision.lot_id, 'reason', decision.reason)), '[]')
               FROM lot_decision AS decision
              WHERE decision.bid_id = bid.id
                AND decision.is_excluded) AS "excludedLots",
            coalesce(jsonb_agg(jsonb_build_object(
                       'eventItemId', line.event_item_id, 'bidLineId', line.id,
                       'unitPrice', trim_scale(line.unit_price)::text,
                       'priceBaseQuantity', trim_scale(line.price_base_quantity)::text,
                       'amount', line.amount::text, 'leadTimeDays', line.lead_time_days, 'note', line.note,
                       'capacity', trim_scale(line.capacity)::text,
                       'pricedIn', CASE WHEN line.priced_unit IS NOT NULL THEN jsonb_build_object(
                                          'unit', line.priced_unit, 'reason', line.priced_reason,
                                          'unitQuantity', trim_scale(line.priced_quantity)::text) END,
                       'tiers', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                                          'quantity', trim_scale(tier.quantity)::text,
                                          'unitPrice', trim_scale(tier.unit_price)::text)
                                          ORDER BY tier.quantity), '[]')
                                   FROM bid_line_tier AS tier
                                  WHERE tier.bid_line_id = line.id)))
                     FILTER (WHERE line.id IS NOT NULL), '[]') AS lines
       FROM bid
       JOIN supplier ON supplier.id = bid.supplier_id
       LEFT JOIN bid_line AS line ON line.bid_id = bid.id
      WHERE bid.event_id = ?
        AND bid.state NOT IN ('draft', 'submitted', 'withdrawn', 'invalid', 'sealed')
      GROUP BY bid.id, supplier.id
      ORDER BY bid.total_amount NULLS LAST, bid.id`,
    [eventId],
  );
  return rows.map((row) => ({
    ...row,
    alternates: byItem(row.alternates),
    lines: new Map(row.lines.map(({ eventItemId, ...line }) => [eventItemId, line])),
  }));
}

function byItem(
  alternates: readonly (OpenedBidAlternate & { eventItemId: string })[],
): OpenedBid['alternates'] {
  const grouped = new Map<string, OpenedBidAlternate[]>();
  for (const { eventItemId, ...alternate } of alternates)
    grouped.set(eventItemId, [...(grouped.get(eventItemId) ?? []), alternate]);
  return grouped;
}

/** A bidder, and what it will find now that the event has closed. */
export type ClosingAudience = {
  readonly supplierId: string;
  readonly bidId: string;
  readonly bidReference: string;
  /** 0 for a draft that was never submitted. */
  readonly version: number;
  /** There is a draft, or a change, that was not submitted. */
  readonly isUnsubmitted: boolean;
  /** The supplier had chosen that the closing submits it, and why that could not be. */
  readonly closingRefusal: string | null;
};

/** Everybody who took part: who has a sealed bid, and who left a draft behind. */
export const findClosingAudience = (ctx: Ctx, eventId: string): Promise<ClosingAudience[]> =>
  rowsOf<ClosingAudience>(
    ctx.tx,
    `SELECT bid.supplier_id AS "supplierId", bid.id AS "bidId", bid.reference AS "bidReference",
            bid.current_version AS version,
            bid_draft.revision IS DISTINCT FROM bid_draft.submitted_revision AS "isUnsubmitted",
            choice.refusal_code AS "closingRefusal"
       FROM bid
       JOIN bid_draft ON bid_draft.bid_id = bid.id
       LEFT JOIN bid_closing_choice AS choice ON choice.bid_id = bid.id
      WHERE bid.event_id = ?
        AND bid.round = (SELECT event.round FROM sourcing_event AS event WHERE event.id = bid.event_id)
        AND (bid.state = 'sealed'
             OR (bid.state = 'draft' AND (bid_draft.revision > 1 OR choice.bid_id IS NOT NULL)))
      ORDER BY bid.id`,
    [eventId],
  );

const DAY_MS = 86_400_000;

/** What waits for this person in bidding: for a supplier what to answer and to submit, for staff what to open. */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const { supplierId, roles, kind } = ctx.actor;
  if (
    supplierId !== null &&
    roles.some((role) => role === 'supplier_administrator' || role === 'supplier_sales')
  )
    return waitingForSupplier(ctx, supplierId);
  if (kind === 'staff' && roles.some((role) => role === 'buyer' || role === 'bid_opener'))
    return waitingForOpener(ctx);
  return [];
}

async function waitingForSupplier(ctx: Ctx, supplierId: string): Promise<WaitingItem[]> {
  const open = await findOpenInvitations(ctx, supplierId);
  const unsubmitted = open.filter((row) => row.isUnsubmitted);
  const unanswered = open.filter((row) => row.bidId === null || row.bidState === 'withdrawn');
  const item = (key: string, rows: InvitationRow[], hrefOf: (row: InvitationRow) => string): WaitingItem[] =>
    rows.length === 0
      ? []
      : [
          {
            key,
            count: rows.length,
            href: '/bids',
            urgent: rows.some(
              (row) => row.closesAt !== null && row.closesAt.getTime() - ctx.now.getTime() < DAY_MS,
            ),
            items: rows.slice(0, 5).map((row) => ({
              label: `${row.eventReference} · ${row.title}`,
              href: hrefOf(row),
              dueAt: row.closesAt,
            })),
          },
        ];
  return [
    ...item('waiting.bids.drafts', unsubmitted, (row) => `/bids/${row.bidId}/edit`),
    ...item('waiting.bids.invitations', unanswered, (row) => `/bids/invitations/${row.eventId}`),
  ];
}

/** What a letter about a bid names; nothing of what the bid says. */
export type BidFacts = {
  readonly reference: string;
  readonly supplierId: string;
  readonly eventId: string;
  readonly eventReference: string;
  readonly title: string;
  readonly closesAt: Date | null;
  readonly timeZone: string;
};

/** @throws AppError `bid.not-found` */
export const getBidFacts = async (ctx: Ctx, bidId: string): Promise<BidFacts> =>
  found(
    'bid',
    await firstOf<BidFacts>(
      ctx.tx,
      `SELECT bid.reference, bid.supplier_id AS "supplierId", event.id AS "eventId",
            event.reference AS "eventReference", event.title, event.closes_at AS "closesAt",
            event.time_zone AS "timeZone"
       FROM bid
       JOIN sourcing_event AS event ON event.id = bid.event_id
      WHERE bid.id = ?`,
      [bidId],
    ),
  );
