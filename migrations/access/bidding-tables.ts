import { all, MINE, OWN, rows, seenAndHeld, seenThrough, type Tables } from './access.ts';

const PUBLISHED_TO_OWN = `published_at IS NOT NULL AND EXISTS (
  SELECT FROM invitation AS own
   WHERE own.event_id = sourcing_event.id
     AND own.supplier_id = acting_supplier_id()
     AND own.state <> 'uninvited')`;

/** An event for all qualified: a registered supplier that is qualified for its category and plant sees it while bids are taken in its first round, and may join. */
const OPEN_TO_OWN = `published_at IS NOT NULL AND audience = 'qualified' AND round = 1 AND state = 'open'
  AND EXISTS (SELECT FROM supplier AS own WHERE own.id = acting_supplier_id() AND own.state = 'registered')
  AND EXISTS (SELECT FROM qualification AS own
               WHERE own.supplier_id = acting_supplier_id()
                 AND own.outcome IS NOT NULL
                 AND own.category_code = sourcing_event.category_code)
  AND NOT EXISTS (
    SELECT FROM invitation AS own
     WHERE own.event_id = sourcing_event.id
       AND own.supplier_id = acting_supplier_id()
       AND own.state = 'uninvited')`;

/** From its closing on. Before that the buying side has no way to a bid's content, not even as ciphertext. */
const eventIsClosed = (eventId: string): string => `EXISTS (
  SELECT FROM sourcing_event AS event
   WHERE event.id = ${eventId}
     AND event.state NOT IN ('draft', 'pending_approval', 'approved', 'open', 'paused', 'amending'))`;

// What was opened in an earlier round stays open while the next one takes bids.
const BID_IS_CLOSED = `EXISTS (
  SELECT FROM bid
    JOIN sourcing_event AS event ON event.id = bid.event_id
   WHERE bid.id = bid_id
     AND (event.state NOT IN ('draft', 'pending_approval', 'approved', 'open', 'paused', 'amending')
          OR bid.round < event.round))`;

/** From its opening on: what an auditor may read then, it reads like everybody who saw the opening. */
const BID_IS_OPENED = `EXISTS (
  SELECT FROM bid
    JOIN event_key AS opened ON opened.event_id = bid.event_id AND opened.round = bid.round
   WHERE bid.id = bid_id
     AND opened.released_at IS NOT NULL)`;

/** All of a line but what we expect, hope and are ready to pay for it. */
const ASKED_OF_SUPPLIERS = `id, event_id, line_no, item_code, description, quantity, unit, original_unit, need_by_on,
  lot_id, specification, takes_alternates, asks_capacity, incoterm, incoterm_place`;

const VERSION_FACTS = 'id, bid_id, version, received_at, receipt_signature, submitted_by, idempotency_key';
const ENVELOPE_FACTS = 'id, bid_id, version_id, envelope, recipient, sealed_sha256, content_sha256';

/** What is asked for and what is offered. */
export const biddingTables: Tables = {
  sourcing_event: {
    supplier: seenAndHeld(`(${PUBLISHED_TO_OWN}) OR (${OPEN_TO_OWN})`),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  lot: {
    supplier: rows(seenThrough('sourcing_event', 'event_id'), 'SELECT'),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  event_item: {
    supplier: rows(seenThrough('sourcing_event', 'event_id'), `SELECT (${ASKED_OF_SUPPLIERS})`),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  event_item_tier: {
    supplier: rows(seenThrough('event_item', 'event_item_id'), 'SELECT'),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  event_item_schedule: {
    supplier: rows(seenThrough('event_item', 'event_item_id'), 'SELECT'),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  invitation: {
    supplier: rows(
      `${OWN} AND invited_at IS NOT NULL`,
      'SELECT, UPDATE (state, viewed_at, responded_at, decline_reason)',
    ),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  // Whom we ask together is ours alone; whose a list is, the queries say.
  supplier_shortlist: { staff: all('SELECT, INSERT, UPDATE, DELETE'), audit: all('SELECT') },
  supplier_shortlist_member: { staff: all('SELECT, INSERT, DELETE'), audit: all('SELECT') },
  // Who asked is the asker's alone; answers are read by everybody invited, in the words that were answered.
  enquiry: {
    supplier: rows(`${OWN} AND ${seenThrough('sourcing_event', 'event_id')}`, 'SELECT, INSERT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  enquiry_response: {
    supplier: rows(
      `${seenThrough('sourcing_event', 'event_id')}
       AND (audience = 'everybody' OR ${seenThrough('enquiry', 'enquiry_id')})`,
      'SELECT (id, enquiry_id, event_id, audience, question, answer, answered_at)',
    ),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  // What one bidder is asked about its bid after the opening.
  clarification: {
    supplier: rows(
      OWN,
      'SELECT (id, bid_id, event_id, supplier_id, question, asked_at, answer_until, answer, answered_at), UPDATE (answer, answered_by, answered_at)',
    ),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  // A bidder looks at its own files again, which are sealed to the event. Whoever opens has to wait for the closing.
  event_key: {
    supplier: rows(seenThrough('sourcing_event', 'event_id'), 'SELECT, INSERT'),
    staff: rows(eventIsClosed('event_id'), 'SELECT, UPDATE (released_at)'),
    audit: rows('released_at IS NOT NULL', 'SELECT'),
  },
  bid: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE'),
  },
  bid_draft: {
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT, INSERT, UPDATE'),
    worker: all('SELECT (bid_id, revision, submitted_revision, saved_at)'),
  },
  // Who chose it has not submitted, which the buyer is not to know; the closing carries it out.
  bid_closing_choice: {
    supplier: rows(
      seenThrough('bid', 'bid_id'),
      'SELECT, INSERT, DELETE, UPDATE (chosen_by, chosen_at, is_free_meant)',
    ),
    worker: all('SELECT, UPDATE (outcome, refusal_code, closed_at)'),
  },
  bid_file: {
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT, INSERT'),
    staff: rows(BID_IS_CLOSED, 'SELECT'),
    audit: rows(BID_IS_OPENED, 'SELECT'),
  },
  bid_version: {
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT, INSERT'),
    staff: rows(BID_IS_CLOSED, `SELECT (${VERSION_FACTS}, receipt)`),
    audit: all(`SELECT (${VERSION_FACTS})`),
    worker: all(`SELECT (${VERSION_FACTS}, receipt), INSERT`),
  },
  // Sealed bodies and shares: nobody of the buying side before closing, auditors and jobs never.
  bid_envelope: {
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT, INSERT'),
    staff: rows(BID_IS_CLOSED, `SELECT (${ENVELOPE_FACTS}, sealed, time_share, house_share)`),
    audit: all(`SELECT (${ENVELOPE_FACTS})`),
    worker: all(`SELECT (${ENVELOPE_FACTS}), INSERT`),
  },
  bid_envelope_share: {
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT, INSERT'),
    staff: rows(BID_IS_CLOSED, 'SELECT'),
    worker: all('INSERT'),
  },
  opener_key: {
    supplier: rows(
      'EXISTS (SELECT FROM event_opener AS opener WHERE opener.opener_key_id = opener_key.id)',
      'SELECT (id, recipient)',
    ),
    staff: rows('true', 'SELECT, INSERT', MINE),
    audit: all('SELECT (id, user_id, recipient, created_at)'),
    worker: all('SELECT (id, user_id, recipient, created_at)'),
  },
  event_opener: {
    supplier: rows(seenThrough('sourcing_event', 'event_id'), 'SELECT'),
    staff: all('SELECT, INSERT, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  opener_part: {
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
  },
  // What openers gave is held together until it is enough: no auditor, no job and no supplier reads it.
  opener_share: { staff: all('SELECT, INSERT') },
  bid_rescue: {
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT (envelope_id, bid_id, given_by, given_at), INSERT'),
    staff: all('SELECT'),
    audit: all('SELECT (envelope_id, bid_id, given_by, given_at)'),
  },
  opened_envelope: {
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT (envelope_id, bid_id, envelope, fault, opened_at)'),
    staff: rows(BID_IS_CLOSED, 'SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  bid_line: {
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT'),
    staff: rows(BID_IS_CLOSED, 'SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  bid_line_tier: {
    supplier: rows(seenThrough('bid_line', 'bid_line_id'), 'SELECT'),
    staff: rows(seenThrough('bid_line', 'bid_line_id'), 'SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  bid_alternate: {
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT'),
    staff: rows(BID_IS_CLOSED, 'SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  // A supplier learns of an opening only that bidders are asked for their own keys.
  opening: {
    supplier: rows(
      `rescue_requested_at IS NOT NULL AND ${seenThrough('sourcing_event', 'event_id')}`,
      'SELECT (id, event_id, round, envelope, rescue_requested_at)',
    ),
    staff: rows(eventIsClosed('event_id'), 'SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  // A supplier reads what was published to it, and says for itself that it has seen it.
  amendment: {
    supplier: rows(
      `state = 'published' AND ${seenThrough('sourcing_event', 'event_id')}
       AND EXISTS (SELECT FROM invitation AS own
                    WHERE own.event_id = amendment.event_id
                      AND own.supplier_id = acting_supplier_id()
                      AND own.last_round >= amendment.round)`,
      'SELECT (id, event_id, number, state, round, touches_all, reason, changes, closes_at_before, closes_at, published_at, settled_at)',
    ),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE (settled_at)'),
  },
  amendment_acknowledgement: {
    supplier: rows(`${OWN} AND ${seenThrough('amendment', 'amendment_id')}`, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  // Which lines a bid speaks of is part of it: the buying side never reads it, the job that gives bids back does.
  bid_reach: {
    staff: rows(BID_IS_CLOSED, 'SELECT (bid_id, event_sha256, received_at)'),
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT, INSERT, UPDATE'),
    worker: all('SELECT'),
  },
  // A round exists for those it asks, and what it tells each of them for that one alone.
  round: {
    supplier: rows(
      `EXISTS (SELECT FROM round_participant AS own
                WHERE own.round_id = round.id AND own.supplier_id = acting_supplier_id())`,
      'SELECT (id, event_id, number, reason, feedback, feedback_on, item_ids, closes_at, started_at)',
    ),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  round_participant: {
    supplier: rows(OWN, 'SELECT'),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  outage_extension: {
    supplier: rows(seenThrough('sourcing_event', 'event_id'), 'SELECT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  // Who is reminded has not bid, which the buyer is not to know.
  bid_reminder: { worker: all('SELECT, INSERT') },
  // Thought through by the buying side alone.
  award_scenario: {
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE'),
  },
  award_scenario_line: {
    staff: all('SELECT, INSERT, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  savings_entry: {
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  award: {
    supplier: seenAndHeld(
      `(state IN ('active', 'notified', 'standstill', 'final')
        OR (state = 'cancelled' AND EXISTS (
              SELECT FROM award_letter AS letter
               WHERE letter.award_id = award.id AND letter.supplier_id = acting_supplier_id())))
       AND EXISTS (SELECT FROM bid AS own WHERE own.event_id = award.event_id)`,
    ),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE'),
  },
  award_line: {
    supplier: rows(`${OWN} AND ${seenThrough('award', 'award_id')}`, 'SELECT'),
    staff: all('SELECT, INSERT, DELETE, UPDATE (withdrawal_id)'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  // Its own letter, and nobody else's: there is what it is told of the others, and no more.
  award_letter: {
    supplier: rows(OWN, 'SELECT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  // Who answered and decided is not its business.
  award_objection: {
    supplier: rows(
      OWN,
      `SELECT (id, award_id, supplier_id, state, grounds, raised_by, raised_at, answer, answered_at, decision, decided_at),
       INSERT, UPDATE (state)`,
    ),
    staff: all('SELECT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  award_withdrawal: {
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
};
