import { all, rows, seenThrough, type Tables } from './access.ts';

const PUBLISHED = seenThrough('sourcing_event', 'event_id');

/** From when scoring is over on, or the sheet is one's own. */
const readableSheet = (whoseOwn: string): string => `EXISTS (
  SELECT FROM score_sheet AS sheet
    JOIN evaluation ON evaluation.event_id = sheet.event_id
   WHERE sheet.id = sheet_id
     AND (evaluation.state IN ('consensus', 'fixed')${whoseOwn}))`;

const OWN_DRAFT = `EXISTS (
  SELECT FROM score_sheet AS sheet
   WHERE sheet.id = sheet_id
     AND sheet.user_id = acting_user_id()
     AND sheet.state = 'draft')`;

/** What bidders are asked and how their bids are judged. How an answer is scored they are not told. */
export const evaluationTables: Tables = {
  evaluation_plan: {
    supplier: rows(PUBLISHED, 'SELECT'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  criterion: {
    supplier: rows(
      `${PUBLISHED} AND EXISTS (
         SELECT FROM evaluation_plan AS plan WHERE plan.event_id = criterion.event_id AND plan.shows_weights)`,
      'SELECT',
    ),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  requirement: {
    supplier: rows(
      PUBLISHED,
      'SELECT (id, event_id, number, envelope, kind, prompt, help, is_required, options, minimum, maximum, unit, knock_out, lot_id)',
    ),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  bid_response: {
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT'),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  // Its supplier's letter says it line by line.
  lot_decision: {
    supplier: rows(seenThrough('bid', 'bid_id'), 'SELECT (bid_id, lot_id, is_excluded, reason)'),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  knock_out_waiver: { staff: all('SELECT, INSERT'), audit: all('SELECT'), worker: all('SELECT') },
  evaluation: {
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  committee_member: {
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE (reminded_at)'),
  },
  // That a sheet is in, everybody on the staff may know; what is in it, nobody else while scoring is open.
  score_sheet: {
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  score: {
    staff: rows(
      readableSheet(' OR sheet.user_id = acting_user_id()'),
      'SELECT, INSERT, UPDATE, DELETE',
      OWN_DRAFT,
    ),
    audit: rows(readableSheet(''), 'SELECT'),
  },
  consensus_score: { staff: all('SELECT, INSERT, UPDATE, DELETE'), audit: all('SELECT') },
  criterion_score: { staff: all('SELECT, INSERT'), audit: all('SELECT'), worker: all('SELECT') },
};
