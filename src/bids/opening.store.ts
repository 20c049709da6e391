import type { Tx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { Envelope, SealingLevel } from '../sourcing/index.ts';
import type { BidState } from './bid.ts';
import type { BidContent, NonConformity, OpenedLine } from './bid-content.ts';
import type { OpenedAlternate } from './offer.ts';
import type { Minutes, MinutesEntry } from './opening.ts';
import type { OpenedResponse } from './response.ts';

/** An envelope of a bid as it waits for its opening. */
export type SealedBid = {
  readonly bidId: string;
  readonly reference: string;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly state: BidState;
  readonly sealingLevel: SealingLevel;
  readonly versionId: string;
  readonly version: number;
  readonly envelopeId: string;
  readonly recipient: string;
  readonly sealed: Buffer;
  readonly sealedSha256: string;
  readonly contentSha256: string;
  readonly timeShare: Buffer;
  readonly houseShare: Buffer | null;
  readonly receivedAt: Date;
  readonly receipt: Buffer;
  readonly receiptSignature: string;
  /** Of what was asked for when it was received; null where that was not kept. */
  readonly eventSha256: string | null;
};

// A bid that was set aside after an earlier envelope stands in neither state: what is left of it stays sealed.
const WAITING = `
       FROM bid
       JOIN sourcing_event AS event ON event.id = bid.event_id AND event.round = bid.round
       JOIN supplier ON supplier.id = bid.supplier_id
       JOIN bid_version ON bid_version.bid_id = bid.id AND bid_version.version = bid.current_version
       JOIN bid_envelope AS envelope ON envelope.version_id = bid_version.id AND envelope.envelope = ?
      WHERE bid.event_id = ?`;

/** This envelope of every bid that stands, in the order of receipt. */
export const findSealedBids = (
  tx: Tx,
  of: { eventId: string; envelope: Envelope; bidId?: string },
): Promise<SealedBid[]> =>
  rowsOf<SealedBid>(
    tx,
    `SELECT bid.id AS "bidId", bid.reference, bid.supplier_id AS "supplierId", supplier.name AS "supplierName",
            bid.state, bid.sealing_level AS "sealingLevel", bid_version.id AS "versionId", bid_version.version, envelope.id AS "envelopeId",
            envelope.recipient, envelope.sealed, envelope.sealed_sha256 AS "sealedSha256",
            envelope.content_sha256 AS "contentSha256", envelope.time_share AS "timeShare",
            envelope.house_share AS "houseShare", bid_version.received_at AS "receivedAt", bid_version.receipt,
            bid_version.receipt_signature AS "receiptSignature",
            (SELECT reach.event_sha256
               FROM bid_reach AS reach
              WHERE reach.bid_id = bid.id
                AND reach.received_at = bid_version.received_at) AS "eventSha256"
       ${WAITING}
        AND bid.state IN ('sealed', 'opened')
        AND (?::uuid IS NULL OR bid.id = ?::uuid)
      ORDER BY bid_version.received_at, bid.id`,
    [of.envelope, of.eventId, of.bidId ?? null, of.bidId ?? null],
  );

/** What is shown of a sealed bid before it is opened. */
export type SealedFacts = Pick<
  SealedBid,
  'bidId' | 'envelopeId' | 'reference' | 'supplierName' | 'version' | 'receivedAt' | 'sealedSha256'
>;

export const findSealedFacts = (
  tx: Tx,
  of: { eventId: string; envelope: Envelope },
): Promise<SealedFacts[]> =>
  rowsOf(
    tx,
    `SELECT bid.id AS "bidId", envelope.id AS "envelopeId", bid.reference, supplier.name AS "supplierName",
            bid_version.version,
            bid_version.received_at AS "receivedAt", envelope.sealed_sha256 AS "sealedSha256"
       ${WAITING}
        AND bid.state IN ('submitted', 'sealed', 'opened')
      ORDER BY bid_version.received_at, bid.id`,
    [of.envelope, of.eventId],
  );

type LineRow = OpenedLine & { readonly id: string; readonly bidId: string };

/** Every line of every opened bid in one statement: the first time that prices stand in a table. */
export async function insertLines(tx: Tx, lines: readonly LineRow[]): Promise<void> {
  await rowsOf(
    tx,
    `INSERT INTO bid_line (id, bid_id, event_item_id, unit_price, price_base_quantity, amount, lead_time_days, note,
                           capacity, priced_unit, priced_quantity, priced_reason)
     SELECT line.id, line."bidId", line."eventItemId", line."unitPrice", line."priceBaseQuantity", line.amount,
            line."leadTimeDays", line.note, line.capacity, line."pricedIn"->>'unit',
            (line."pricedIn"->>'unitQuantity')::numeric, coalesce(line."pricedIn"->>'reason', '')
       FROM jsonb_to_recordset(?::jsonb)
         AS line (id uuid, "bidId" uuid, "eventItemId" uuid, "unitPrice" numeric, "priceBaseQuantity" numeric,
                  amount numeric, "leadTimeDays" integer, note text, capacity numeric, "pricedIn" jsonb)`,
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

/** Every answer that came out of an envelope, in one statement. */
export const insertResponses = (
  tx: Tx,
  responses: readonly (OpenedResponse & { id: string; bidId: string })[],
): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO bid_response (id, bid_id, requirement_id, answer, files, is_knock_out)
     SELECT response.id, response."bidId", response."requirementId", response.answer, response.files,
            response."isKnockOut"
       FROM jsonb_to_recordset(?::jsonb)
         AS response (id uuid, "bidId" uuid, "requirementId" uuid, answer text, files jsonb, "isKnockOut" boolean)
         ON CONFLICT (bid_id, requirement_id) DO NOTHING`,
    [JSON.stringify(responses)],
  );

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

/** What came out of an envelope: its content, or what is wrong with it. */
export type OpenedEnvelope = {
  readonly envelopeId: string;
  readonly bidId: string;
  readonly envelope: Envelope;
  readonly fault: NonConformity | null;
  readonly content: BidContent | null;
};

/** An envelope that was opened later after all takes the place of its fault. */
export const saveOpenedEnvelopes = (
  tx: Tx,
  of: { openingId: string; openedAt: Date; envelopes: readonly OpenedEnvelope[] },
): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO opened_envelope (envelope_id, opening_id, bid_id, envelope, fault, content, opened_at)
     SELECT opened."envelopeId", ?, opened."bidId", opened.envelope, opened.fault, opened.content, ?
       FROM jsonb_to_recordset(?::jsonb)
         AS opened ("envelopeId" uuid, "bidId" uuid, envelope text, fault text, content jsonb)
         ON CONFLICT (envelope_id) DO UPDATE
        SET fault = excluded.fault, content = excluded.content, opened_at = excluded.opened_at`,
    [of.openingId, of.openedAt, JSON.stringify(of.envelopes)],
  );

export const findOpenedEnvelopes = (
  tx: Tx,
  of: { eventId: string; bidId?: string },
): Promise<OpenedEnvelope[]> =>
  rowsOf<OpenedEnvelope>(
    tx,
    `SELECT opened.envelope_id AS "envelopeId", opened.bid_id AS "bidId", opened.envelope, opened.fault, opened.content
       FROM opened_envelope AS opened
       JOIN opening ON opening.id = opened.opening_id
      WHERE opening.event_id = ?
        AND (?::uuid IS NULL OR opened.bid_id = ?::uuid)
      ORDER BY opened.opened_at, opened.bid_id`,
    [of.eventId, of.bidId ?? null, of.bidId ?? null],
  );

/** The opening of one envelope: begun, done with its minutes, and concluded by people. */
export type Opening = {
  readonly id: string;
  readonly round: number;
  readonly envelope: Envelope;
  readonly startedAt: Date;
  readonly openedAt: Date | null;
  readonly minutes: Minutes | null;
  readonly concludedAt: Date | null;
  readonly rescueRequestedAt: Date | null;
  readonly rescueReason: string | null;
  /** Bids that were opened after the minutes were written. */
  readonly later: readonly (MinutesEntry & { readonly openedAt: string; readonly openedBy: string })[];
};

/** Begins the opening of an envelope; the first one counts. */
export const insertOpening = (
  tx: Tx,
  opening: { id: string; eventId: string; envelope: Envelope; startedAt: Date },
): Promise<unknown> =>
  rowsOf(
    tx,
    `INSERT INTO opening (id, event_id, round, envelope, started_at)
     SELECT ?, event.id, event.round, ?, ?
       FROM sourcing_event AS event
      WHERE event.id = ?
         ON CONFLICT (event_id, round, envelope) DO NOTHING`,
    [opening.id, opening.envelope, opening.startedAt, opening.eventId],
  );

export async function saveMinutes(
  tx: Tx,
  opening: { id: string; openedBy: string; openedAt: Date; concludedAt: Date | null; minutes: Minutes },
): Promise<void> {
  await tx('opening')
    .where({ id: opening.id })
    .update({
      opened_by: opening.openedBy,
      opened_at: opening.openedAt,
      concluded_at: opening.concludedAt,
      minutes: JSON.stringify(opening.minutes),
    });
}

export async function saveConclusion(
  tx: Tx,
  of: { id: string; concludedAt: Date; concludedBy: string },
): Promise<void> {
  await tx('opening')
    .where({ id: of.id })
    .update({ concluded_at: of.concludedAt, concluded_by: of.concludedBy });
}

/** The openings of an event's round as it stands, in the order they were begun. */
export const findOpenings = (tx: Tx, eventId: string): Promise<Opening[]> =>
  rowsOf<Opening>(
    tx,
    `SELECT opening.id, opening.round, opening.envelope, opening.started_at AS "startedAt", opening.opened_at AS "openedAt",
            opening.minutes, opening.concluded_at AS "concludedAt",
            opening.rescue_requested_at AS "rescueRequestedAt", opening.rescue_reason AS "rescueReason", opening.later
       FROM opening
       JOIN sourcing_event AS event ON event.id = opening.event_id AND event.round = opening.round
      WHERE opening.event_id = ?
      ORDER BY opening.started_at, opening.id`,
    [eventId],
  );

/** Where an opened bid stands now; the minutes say how it was opened. */
export type Standing = {
  readonly bidId: string;
  readonly state: BidState;
  readonly disqualificationReason: string | null;
  /** After the opening of which envelope it was set aside; null where it was not, or after the last. */
  readonly disqualifiedAtEnvelope: Envelope | null;
};

export const findStandings = (tx: Tx, eventId: string): Promise<Standing[]> =>
  rowsOf<Standing>(
    tx,
    `SELECT bid.id AS "bidId", bid.state, bid.disqualification_reason AS "disqualificationReason",
            bid.disqualified_at_envelope AS "disqualifiedAtEnvelope"
       FROM bid
      WHERE bid.event_id = ?`,
    [eventId],
  );

/** The envelopes of an event that have been opened. */
export const findOpenedNames = async (tx: Tx, eventId: string): Promise<Envelope[]> =>
  (
    await rowsOf<{ envelope: Envelope }>(
      tx,
      `SELECT opening.envelope
         FROM opening
         JOIN sourcing_event AS event ON event.id = opening.event_id AND event.round = opening.round
        WHERE opening.event_id = ?
          AND opening.opened_at IS NOT NULL`,
      [eventId],
    )
  ).map((row) => row.envelope);

/** Adds to the minutes what was opened after they were written. */
export const appendLater = (tx: Tx, openingId: string, later: Opening['later']): Promise<unknown> =>
  rowsOf(tx, 'UPDATE opening SET later = opening.later || ?::jsonb WHERE opening.id = ?', [
    JSON.stringify(later),
    openingId,
  ]);
