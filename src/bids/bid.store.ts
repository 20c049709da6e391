import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, namedInTurn, rowsOf } from '../platform/db/statements.ts';
import type { Envelope, SealingLevel } from '../sourcing/index.ts';
import type { Bid, BidState } from './bid.ts';

const BID = `
       bid.id, bid.reference, bid.event_id AS "eventId", bid.supplier_id AS "supplierId", bid.state,
       bid.current_version AS "currentVersion", bid.round, bid.sealing_level AS "sealingLevel"`;

const LOCK_OWN = `SELECT ${BID} FROM bid WHERE bid.id = $1 AND bid.supplier_id = $2 FOR UPDATE`;

const firstNamed = async <Row>(
  tx: Tx,
  statement: { name: string; text: string; values: unknown[] },
): Promise<Row | undefined> => (await named<Row>(tx, statement))[0];

export const findOwnBid = (tx: Tx, id: string, supplierId: string): Promise<Bid | undefined> =>
  firstNamed<Bid>(tx, {
    name: 'bid.find-own',
    text: `SELECT ${BID} FROM bid WHERE bid.id = $1 AND bid.supplier_id = $2`,
    values: [id, supplierId],
  });

/** Holds the row until the transaction ends, so that two acts on one bid take turns. */
export const lockOwnBid = (tx: Tx, id: string, supplierId: string): Promise<Bid | undefined> =>
  firstNamed<Bid>(tx, {
    name: 'bid.lock-own',
    text: LOCK_OWN,
    values: [id, supplierId],
  });

/**
 * Takes the locks of an act that must be done before closing, in the order that closing takes them: first the event,
 * beside other bidders but not beside closing, then the bid.
 */
export async function lockOwnBidBeforeClosing(
  tx: Tx,
  id: string,
  supplierId: string,
): Promise<Bid | undefined> {
  const values = [id, supplierId];
  const [, bids] = await namedInTurn(tx, [
    {
      name: 'bid.share-event',
      text: `
        SELECT event.id
          FROM sourcing_event AS event
         WHERE event.id = (SELECT bid.event_id FROM bid WHERE bid.id = $1 AND bid.supplier_id = $2)
           FOR SHARE`,
      values,
    },
    { name: 'bid.lock-own', text: LOCK_OWN, values },
  ]);
  return (bids as Bid[] | undefined)?.[0];
}

/** The bid of a supplier for an event that was not withdrawn, of the newest round; there is at most one a round. */
export const findStandingBid = (tx: Tx, eventId: string, supplierId: string): Promise<Bid | undefined> =>
  firstOf<Bid>(
    tx,
    `SELECT ${BID}
       FROM bid
      WHERE bid.event_id = ?
        AND bid.supplier_id = ?
        AND bid.state <> 'withdrawn'
      ORDER BY bid.round DESC
      LIMIT 1`,
    [eventId, supplierId],
  );

/** Gives false when the supplier's other tab was quicker. */
export async function insertBid(tx: Tx, bid: Bid, createdAt: Date): Promise<boolean> {
  const inserted = await rowsOf(
    tx,
    `INSERT INTO bid (id, reference, event_id, supplier_id, state, current_version, sealing_level, round, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (event_id, supplier_id, round) WHERE state <> 'withdrawn' DO NOTHING
     RETURNING id`,
    [
      bid.id,
      bid.reference,
      bid.eventId,
      bid.supplierId,
      bid.state,
      bid.currentVersion,
      bid.sealingLevel,
      bid.round,
      createdAt,
    ],
  );
  return inserted.length === 1;
}

export async function saveWithdrawal(tx: Tx, bid: Bid, at: Date): Promise<void> {
  await tx('bid').where({ id: bid.id }).update({ state: bid.state, withdrawn_at: at });
}

/** The bids of an event in these states, held until the transaction ends, in one order. */
export const lockBidsIn = (
  tx: Tx,
  eventId: string,
  states: readonly BidState[],
): Promise<Pick<Bid, 'id' | 'supplierId' | 'state'>[]> =>
  rowsOf(
    tx,
    `SELECT bid.id, bid.supplier_id AS "supplierId", bid.state
       FROM bid
      WHERE bid.event_id = ? AND bid.state = ANY (CAST(? AS text[]))
      ORDER BY bid.id
        FOR UPDATE`,
    [eventId, [...states]],
  );

export async function saveStates(tx: Tx, bids: readonly Pick<Bid, 'id' | 'state'>[]): Promise<void> {
  await rowsOf(
    tx,
    `UPDATE bid
        SET state = changed.state
       FROM jsonb_to_recordset(?::jsonb) AS changed (id uuid, state text)
      WHERE bid.id = changed.id`,
    [JSON.stringify(bids.map(({ id, state }) => ({ id, state })))],
  );
}

/** Whom the bidder's own drafts are sealed to. */
export async function saveDraftRecipient(tx: Tx, bidId: string, recipient: string): Promise<void> {
  await tx('bid').where({ id: bidId }).update({ draft_recipient: recipient });
}

export async function saveSealingLevel(tx: Tx, bidId: string, level: SealingLevel): Promise<void> {
  await tx('bid').where({ id: bidId }).update({ sealing_level: level, draft_recipient: null });
}

/** `envelope` is the one after whose opening it was set aside; what lies in later ones stays sealed. */
export async function saveDisqualification(
  tx: Tx,
  bid: Bid,
  of: { reason: string; envelope: Envelope | null },
): Promise<void> {
  await tx('bid').where({ id: bid.id }).update({
    state: bid.state,
    disqualification_reason: of.reason,
    disqualified_at_envelope: of.envelope,
  });
}

/** Is there a bid of the event in one of these states? */
export const hasBidIn = async (tx: Tx, eventId: string, states: readonly BidState[]): Promise<boolean> =>
  (await firstOf(
    tx,
    `SELECT bid.id
       FROM bid
      WHERE bid.event_id = ?
        AND bid.state = ANY (?::text[])
      LIMIT 1`,
    [eventId, states],
  )) !== undefined;

/** Bids of earlier rounds whose supplier has an opened one in the newest, held. */
export const lockSuperseded = (tx: Tx, eventId: string, round: number): Promise<Bid[]> =>
  rowsOf<Bid>(
    tx,
    `SELECT ${BID}
       FROM bid
      WHERE bid.event_id = ?
        AND bid.round < ?
        AND bid.state IN ('valid', 'abnormally_low', 'shortlisted')
        AND EXISTS (SELECT 1
                      FROM bid AS newer
                     WHERE newer.event_id = bid.event_id
                       AND newer.supplier_id = bid.supplier_id
                       AND newer.round = ?
                       AND newer.state IN ('opened', 'valid', 'abnormally_low'))
      ORDER BY bid.id
        FOR UPDATE`,
    [eventId, round, round],
  );

/** Every bid of the event in one of these states, held until the transaction ends. */
export const lockBidsOf = (tx: Tx, eventId: string, states: readonly BidState[]): Promise<Bid[]> =>
  rowsOf<Bid>(
    tx,
    `SELECT ${BID}
       FROM bid
      WHERE bid.event_id = ?
        AND bid.state = ANY (?::text[])
      ORDER BY bid.id
        FOR UPDATE`,
    [eventId, states],
  );

export const lockBid = (tx: Tx, id: string): Promise<Bid | undefined> =>
  firstOf<Bid>(tx, `SELECT ${BID} FROM bid WHERE bid.id = ? FOR UPDATE`, [id]);
