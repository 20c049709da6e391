import { minorUnits } from '../kernel/money.ts';
import type { Tx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';
import type { Bidder, ComparedLine, ComparisonSummary } from './comparison.ts';

/** States of bids that were opened and conform: the ones that are compared. */
export const COMPARED = `'valid', 'abnormally_low', 'shortlisted', 'awarded', 'part_awarded', 'unsuccessful'`;

/** Prices of all lines; a price of one unit has 12 decimals, as `pricePerUnit` has. */
const PRICES = `
  counted AS (
    SELECT bid.id, bid.supplier_id, bid.state
      FROM bid
     WHERE bid.event_id = $1
       AND bid.state IN (${COMPARED})
  ),
  priced AS (
    SELECT bid_line.event_item_id, bid_line.bid_id, counted.supplier_id, bid_line.unit_price,
           bid_line.price_base_quantity, bid_line.amount, bid_line.lead_time_days, bid_line.note,
           round(bid_line.unit_price::numeric(38,18) / bid_line.price_base_quantity, 12) AS per_unit
      FROM counted
      JOIN bid_line ON bid_line.bid_id = counted.id
     WHERE bid_line.unit_price IS NOT NULL
  ),
  line AS (
    SELECT event_item.id, event_item.line_no, event_item.item_code, event_item.description, event_item.quantity,
           event_item.unit, event_item.estimated_price,
           round(event_item.quantity * event_item.estimated_price, $2::integer) AS estimated_amount,
           count(priced.bid_id) AS bid_count,
           min(priced.per_unit) AS lowest_price,
           min(priced.amount) AS lowest_amount,
           count(priced.bid_id) < (SELECT count(*) FROM counted)
             OR min(priced.per_unit) < max(priced.per_unit) AS differs
      FROM event_item
      LEFT JOIN priced ON priced.event_item_id = event_item.id
     WHERE event_item.event_id = $1
     GROUP BY event_item.id
  ),
  shown AS (
    SELECT line.*
      FROM line
     WHERE line.differs OR NOT $3::boolean
     ORDER BY line.line_no
     LIMIT $4 OFFSET $5
  )`;

// Numbers leave as text: JSON's own would pass through a float.
const BIDDERS = `
  SELECT jsonb_agg(jsonb_build_object(
           'bidId', bidder.bid_id, 'supplierId', bidder.supplier_id, 'supplierName', bidder.supplier_name,
           'bidState', bidder.state, 'totalAmount', bidder.total_amount::text,
           'pricedLineCount', bidder.priced_line_count, 'lowestLineCount', bidder.lowest_line_count,
           'longestLeadTimeDays', bidder.longest_lead_time_days,
           'amountOfEstimated', bidder.amount_of_estimated::text,
           'estimatedAmount', bidder.estimated_amount::text))
    FROM (
      SELECT counted.id AS bid_id, counted.supplier_id, counted.state, supplier.name AS supplier_name,
             sum(priced.amount) AS total_amount,
             count(priced.bid_id) AS priced_line_count,
             count(*) FILTER (WHERE priced.per_unit = line.lowest_price) AS lowest_line_count,
             max(priced.lead_time_days) AS longest_lead_time_days,
             coalesce(sum(priced.amount) FILTER (WHERE line.estimated_amount IS NOT NULL), 0) AS amount_of_estimated,
             coalesce(sum(line.estimated_amount), 0) AS estimated_amount
        FROM counted
        JOIN supplier ON supplier.id = counted.supplier_id
        LEFT JOIN priced ON priced.bid_id = counted.id
        LEFT JOIN line ON line.id = priced.event_item_id
       GROUP BY counted.id, counted.supplier_id, counted.state, supplier.name
    ) AS bidder`;

const LINES = `
  SELECT jsonb_agg(jsonb_build_object(
           'id', shown.id, 'lineNo', shown.line_no, 'itemCode', shown.item_code, 'description', shown.description,
           'quantity', shown.quantity::text, 'unit', shown.unit, 'estimatedPrice', shown.estimated_price::text,
           'lowestPrice', shown.lowest_price::text, 'cells', coalesce(cell.cells, '{}')) ORDER BY shown.line_no)
    FROM shown
    LEFT JOIN (
      SELECT priced.event_item_id,
             jsonb_object_agg(priced.supplier_id, jsonb_build_object(
               'unitPrice', priced.unit_price::text, 'priceBaseQuantity', priced.price_base_quantity::text,
               'amount', priced.amount::text, 'leadTimeDays', priced.lead_time_days, 'note', priced.note,
               'isLowest', priced.per_unit = shown.lowest_price)) AS cells
        FROM priced
        JOIN shown ON shown.id = priced.event_item_id
       GROUP BY priced.event_item_id
    ) AS cell ON cell.event_item_id = shown.id`;

const SUMMARY = `
  SELECT jsonb_build_object(
           'invitedCount', (SELECT count(*) FROM invitation
                             WHERE invitation.event_id = $1 AND invitation.state <> 'uninvited'),
           'receivedCount', (SELECT count(*) FROM bid
                              WHERE bid.event_id = $1 AND bid.state NOT IN ('draft', 'withdrawn', 'invalid')),
           'setAsideCount', (SELECT count(*) FROM bid
                              WHERE bid.event_id = $1 AND bid.state IN ('opened', 'disqualified')),
           'lineCount', count(*),
           'pricedLineCount', count(*) FILTER (WHERE line.bid_count > 0),
           'differingLineCount', count(*) FILTER (WHERE line.differs),
           'singleBidLineCount', count(*) FILTER (WHERE line.bid_count = 1),
           'lowestAmount', coalesce(sum(line.lowest_amount), 0)::text,
           'lowestOfEstimated',
             coalesce(sum(line.lowest_amount) FILTER (WHERE line.estimated_amount IS NOT NULL), 0)::text,
           'estimatedAmount', coalesce(sum(line.estimated_amount) FILTER (WHERE line.bid_count > 0), 0)::text,
           'estimatedLineCount', count(*) FILTER (WHERE line.bid_count > 0 AND line.estimated_amount IS NOT NULL))
    FROM line`;

export type ComparisonRow = {
  readonly bidders: readonly Bidder[];
  readonly lines: readonly ComparedLine[];
  readonly summary: ComparisonSummary;
};

/**
 * The whole comparison in one statement: figures over all lines, cells only of the lines asked for.
 */
export async function findComparison(
  tx: Tx,
  of: { eventId: string; currency: string; onlyDifferences: boolean; offset: number; limit: number },
): Promise<ComparisonRow> {
  const [row] = await named<{
    bidders: Bidder[] | null;
    lines: ComparedLine[] | null;
    summary: ComparisonSummary;
  }>(tx, {
    name: 'award.comparison',
    text: `WITH ${PRICES}
             SELECT (${BIDDERS}) AS bidders, (${LINES}) AS lines, (${SUMMARY}) AS summary`,
    values: [of.eventId, minorUnits(of.currency), of.onlyDifferences, of.limit, of.offset],
  });
  if (row === undefined) throw new Error('the comparison is always one row');
  return { bidders: row.bidders ?? [], lines: row.lines ?? [], summary: row.summary };
}
