import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';
import type { BidState } from './bid.ts';
import type { OpenedLine } from './bid-content.ts';
import type { OpenedAlternate } from './offer.ts';
import type { Minutes } from './opening.ts';

export type EventKey = {
  readonly recipient: string;
  readonly sealedIdentity: Buffer;
  readonly releasedAt: Date | null;
};

export const findEventKey = async (tx: Tx, eventId: string): Promise<EventKey | undefined> =>
  (
    await named<EventKey>(tx, {
      name: 'event_key.find',
      text: `
      SELECT event_key.recipient, event_key.sealed_identity AS "sealedIdentity",
             event_key.released_at AS "releasedAt"
        FROM event_key
       WHERE event_key.event_id = $1`,
      values: [eventId],
    })
  )[0];

/** The first one counts: whoever comes second takes the key that is there. */
export const insertEventKey = (
  tx: Tx,
  eventId: string,
  key: Pick<EventKey, 'recipient' | 'sealedIdentity'>,
  at: Date,
): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO event_key (event_id, recipient, sealed_identity, created_at)
     VALUES (?, ?, ?, ?)
         ON CONFLICT (event_id) DO NOTHING`,
    [eventId, key.recipient, key.sealedIdentity, at],
  );

export async function releaseEventKey(tx: Tx, eventId: string, at: Date): Promise<void> {
  await tx('event_key').where({ event_id: eventId }).update({ released_at: at });
}

/** A sealed bid as it waits for its opening. */
export type SealedBid = {
  readonly bidId: string;
  readonly reference: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly versionId: string;
  readonly version: number;
  readonly sealed: Buffer;
  readonly sealedSha256: string;
  readonly contentSha256: string;
  readonly receivedAt: Date;
  readonly receipt: Buffer;
  readonly receiptSignature: string;
};

/** The current version of every sealed bid, in the order of receipt. */
export const findSealedBids = (tx: Tx, eventId: string): Promise<SealedBid[]> =>
  rowsOf<SealedBid>(
    tx,
    `SELECT bid.id AS "bidId", bid.reference, bid.supplier_id AS "supplierId", supplier.name AS "supplierName",
            bid_version.id AS "versionId", bid_version.version, bid_version.sealed, bid_version.sealed_sha256 AS "sealedSha256",
            bid_version.content_sha256 AS "contentSha256", bid_version.received_at AS "receivedAt",
            bid_version.receipt, bid_version.receipt_signature AS "receiptSignature"
       FROM bid
       JOIN supplier ON supplier.id = bid.supplier_id
       JOIN bid_version ON bid_version.bid_id = bid.id AND bid_version.version = bid.current_version
      WHERE bid.event_id = ?
        AND bid.state = 'sealed'
      ORDER BY bid_version.received_at, bid.id`,
    [eventId],
  );

/** What is shown of the sealed bids before they are opened. */
export const findSealedFacts = (
  tx: Tx,
  eventId: string,
): Promise<Pick<SealedBid, 'reference' | 'supplierName' | 'version' | 'receivedAt' | 'sealedSha256'>[]> =>
  rowsOf(
    tx,
    `SELECT bid.reference, supplier.name AS "supplierName", bid_version.version,
            bid_version.received_at AS "receivedAt", bid_version.sealed_sha256 AS "sealedSha256"
       FROM bid
       JOIN supplier ON supplier.id = bid.supplier_id
       JOIN bid_version ON bid_version.bid_id = bid.id AND bid_version.version = bid.current_version
      WHERE bid.event_id = ?
        AND bid.state IN ('submitted', 'sealed')
      ORDER BY bid_version.received_at, bid.id`,
    [eventId],
  );

type LineRow = OpenedLine & { readonly id: string; readonly bidId: string };

/** Every line of every opened bid in one statement: the first time that prices stand in a table. */
export async function insertLines(tx: Tx, lines: readonly LineRow[]): Promise<void> {
  await rowsOf(
    tx,
    `INSERT INTO bid_line (id, bid_id, event_item_id, unit_price, price_base_quantity, amount, lead_time_days, note,
                           capacity)
     SELECT line.id, line."bidId", line."eventItemId", line."unitPrice", line."priceBaseQuantity", line.amount,
            line."leadTimeDays", line.note, line.capacity
       FROM jsonb_to_recordset(?::jsonb)
         AS line (id uuid, "bidId" uuid, "eventItemId" uuid, "unitPrice" numeric, "priceBaseQuantity" numeric,
                  amount numeric, "leadTimeDays" integer, note text, capacity numeric)`,
    [JSON.stringify(lines)],
  );
  const tiers = lines.flatMap(({ id, tiers: offered }) => offered.map((tier) => ({ id, ...tier })));
  if (tiers.length === 0) return;
  await rowsOf(
    tx,
    `INSERT INTO bid_line_tier (bid_line_id, quantity, unit_price)
     SELECT tier.id, tier.quantity, tier."unitPrice"
       FROM jsonb_to_recordset(?::jsonb) AS tier (id uuid, quantity numeric, "unitPrice" numeric)`,
    [JSON.stringify(tiers)],
  );
}

/** What was offered in place of what was asked for. */
export async function insertAlternates(
  tx: Tx,
  alternates: readonly (OpenedAlternate & { id: string; bidId: string })[],
): Promise<void> {
  if (alternates.length === 0) return;
  await rowsOf(
    tx,
    `INSERT INTO bid_alternate (id, bid_id, event_item_id, alternate_no, description, unit_price, amount,
                                lead_time_days)
     SELECT one.id, one."bidId", one."eventItemId", one."alternateNo", one.description, one."unitPrice",
            one.amount, one."leadTimeDays"
       FROM jsonb_to_recordset(?::jsonb)
         AS one (id uuid, "bidId" uuid, "eventItemId" uuid, "alternateNo" integer, description text,
                 "unitPrice" numeric, amount numeric, "leadTimeDays" integer)`,
    [JSON.stringify(alternates)],
  );
}

type OpenedRow = {
  readonly id: string;
  readonly state: string;
  readonly totalAmount: string | null;
  readonly currency: string | null;
  readonly validUntilOn: string | null;
};

export const saveOpened = (tx: Tx, bids: readonly OpenedRow[]): Promise<unknown> =>
  rowsOf(
    tx,
    `UPDATE bid
        SET state = opened.state, total_amount = opened."totalAmount", currency = opened.currency,
            valid_until_on = opened."validUntilOn"
       FROM jsonb_to_recordset(?::jsonb)
         AS opened (id uuid, state text, "totalAmount" numeric, currency text, "validUntilOn" date)
      WHERE bid.id = opened.id`,
    [JSON.stringify(bids)],
  );

export async function insertOpening(
  tx: Tx,
  opening: { id: string; eventId: string; openedBy: string; openedAt: Date; minutes: Minutes },
): Promise<void> {
  await tx('opening').insert({
    id: opening.id,
    event_id: opening.eventId,
    opened_by: opening.openedBy,
    opened_at: opening.openedAt,
    minutes: JSON.stringify(opening.minutes),
  });
}

/** Where an opened bid stands now; the minutes say how it was opened. */
export type Standing = {
  readonly bidId: string;
  readonly state: BidState;
  readonly disqualificationReason: string | null;
};

export const findStandings = (tx: Tx, eventId: string): Promise<Standing[]> =>
  rowsOf<Standing>(
    tx,
    `SELECT bid.id AS "bidId", bid.state, bid.disqualification_reason AS "disqualificationReason"
       FROM bid
      WHERE bid.event_id = ?`,
    [eventId],
  );

export type Opening = { readonly openedAt: Date; readonly minutes: Minutes };

export const findOpening = (tx: Tx, eventId: string): Promise<Opening | undefined> =>
  firstOf<Opening>(
    tx,
    'SELECT opening.opened_at AS "openedAt", opening.minutes FROM opening WHERE opening.event_id = ?',
    [eventId],
  );
