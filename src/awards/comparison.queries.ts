import { minorUnits } from '../kernel/money.ts';
import type { Tx } from '../platform/db/context.ts';
import { planned } from '../platform/db/statements.ts';
import type { Bidder, ComparedRow, ComparisonSummary } from './comparison.ts';
import { LANDED_PRICES } from './landed.queries.ts';

/** What lines stand in the order of; every order ends with the line's number. */
export const comparisonSorts = ['line', 'spread', 'value', 'above-estimate'] as const;
export type ComparisonSort = (typeof comparisonSorts)[number];

/** Figures over all lines; `$3` are the decimals of the currency, `$4` the lot and `$9` the plant asked for, or null. */
const PRICES = `
  ${LANDED_PRICES},
  asked AS MATERIALIZED (
    SELECT event_item.id, event_item.line_no, event_item.item_code, event_item.description, event_item.quantity,
           event_item.unit, event_item.estimated_price, event_item.target_price, event_item.lot_id,
           event_item.incoterm, event_item.incoterm_place,
           round(event_item.quantity * event_item.estimated_price, $3::integer) AS estimated_amount
      FROM event_item
     WHERE event_item.event_id = $1
       AND ($4::uuid IS NULL OR event_item.lot_id = $4)
       AND ($9::text IS NULL OR EXISTS (
             SELECT FROM event_item_source AS source
               JOIN requisition_line AS need ON need.id = source.requisition_line_id
              WHERE source.event_item_id = event_item.id AND need.plant_code = $9))
  ),
  -- Read twice, so it is kept: numbers in place of ids hold 40,000 of them in memory.
  figure AS MATERIALIZED (
    SELECT priced.bid_no, asked.line_no, priced.amount, priced.lead_time_days, priced.landed_unit, priced.landed_amount
      FROM priced
      JOIN asked ON asked.id = priced.event_item_id
  ),
  by_line AS (
    SELECT figure.line_no, count(*) AS bid_count, count(figure.landed_unit) AS landed_count,
           min(figure.landed_unit) AS lowest_price, max(figure.landed_unit) AS highest_price,
           min(figure.landed_amount) AS lowest_amount
      FROM figure
     GROUP BY figure.line_no
  ),
  line AS MATERIALIZED (
    SELECT asked.*, coalesce(by_line.bid_count, 0) AS bid_count, by_line.lowest_price, by_line.highest_price,
           by_line.lowest_amount,
           coalesce(by_line.landed_count, 0) < (SELECT count(*) FROM counted)
             OR by_line.lowest_price < by_line.highest_price AS differs
      FROM asked
      LEFT JOIN by_line ON by_line.line_no = asked.line_no
  ),
  shown AS (
    SELECT line.*
      FROM line
     WHERE line.differs OR NOT $5::boolean
     ORDER BY CASE $6::text
                WHEN 'spread' THEN (line.highest_price - line.lowest_price) / NULLIF(line.lowest_price, 0)
                WHEN 'value' THEN line.lowest_amount
                WHEN 'above-estimate' THEN (line.lowest_price - line.estimated_price) / NULLIF(line.estimated_price, 0)
              END DESC NULLS LAST, line.line_no
     LIMIT $7 OFFSET $8
  )`;

// Numbers leave as text: JSON's own would pass through a float.
const BIDDERS = `
  SELECT jsonb_agg(jsonb_build_object(
           'bidId', bidder.bid_id, 'supplierId', bidder.supplier_id, 'supplierName', bidder.supplier_name,
           'bidState', bidder.state, 'currency', bidder.currency, 'isPlain', bidder.is_plain,
           'ownAmount', bidder.own_amount::text, 'totalAmount', bidder.total_amount::text,
           'pricedLineCount', bidder.priced_line_count, 'landedLineCount', bidder.landed_line_count,
           'lowestLineCount', bidder.lowest_line_count, 'longestLeadTimeDays', bidder.longest_lead_time_days,
           'amountOfEstimated', bidder.amount_of_estimated::text,
           'estimatedAmount', bidder.estimated_amount::text))
    FROM (
      SELECT counted.id AS bid_id, counted.supplier_id, counted.state, supplier.name AS supplier_name,
             counted.currency, counted.is_plain, own.own_amount, own.total_amount,
             coalesce(own.priced_line_count, 0) AS priced_line_count,
             coalesce(own.landed_line_count, 0) AS landed_line_count,
             coalesce(own.lowest_line_count, 0) AS lowest_line_count, own.longest_lead_time_days,
             coalesce(own.amount_of_estimated, 0) AS amount_of_estimated,
             coalesce(own.estimated_amount, 0) AS estimated_amount
        FROM counted
        JOIN supplier ON supplier.id = counted.supplier_id
        LEFT JOIN (
              SELECT figure.bid_no, sum(figure.amount) AS own_amount, sum(figure.landed_amount) AS total_amount,
                     count(*) AS priced_line_count, count(figure.landed_unit) AS landed_line_count,
                     count(*) FILTER (WHERE figure.landed_unit = line.lowest_price) AS lowest_line_count,
                     max(figure.lead_time_days) AS longest_lead_time_days,
                     sum(figure.landed_amount) FILTER (WHERE line.estimated_amount IS NOT NULL) AS amount_of_estimated,
                     sum(line.estimated_amount) FILTER (WHERE figure.landed_amount IS NOT NULL) AS estimated_amount
                FROM figure
                JOIN line ON line.line_no = figure.line_no
               GROUP BY figure.bid_no
             ) AS own ON own.bid_no = counted.bid_no
    ) AS bidder`;

const LINES = `
  SELECT jsonb_agg(jsonb_build_object(
           'id', numbered.id, 'lineNo', numbered.line_no, 'itemCode', numbered.item_code,
           'description', numbered.description, 'quantity', numbered.quantity::text, 'unit', numbered.unit,
           'lotId', numbered.lot_id, 'incoterm', numbered.incoterm, 'incotermPlace', numbered.incoterm_place, 'estimatedPrice', numbered.estimated_price::text,
           'targetPrice', numbered.target_price::text, 'lowestPrice', numbered.lowest_price::text,
           'highestPrice', numbered.highest_price::text) ORDER BY numbered.place)
    FROM (SELECT shown.*, row_number() OVER () AS place FROM shown) AS numbered`;

const SUMMARY = `
  SELECT jsonb_build_object(
           'invitedCount', (SELECT count(*) FROM invitation
                             WHERE invitation.event_id = $1 AND invitation.state <> 'uninvited'),
           'receivedCount', (SELECT count(DISTINCT bid.supplier_id) FROM bid
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
           'estimatedAmount', coalesce(sum(line.estimated_amount) FILTER (WHERE line.lowest_amount IS NOT NULL), 0)::text,
           'estimatedLineCount', count(*) FILTER (WHERE line.lowest_amount IS NOT NULL AND line.estimated_amount IS NOT NULL))
    FROM line`;

/** What is asked of a comparison: of all lines, or of those of a lot; `needed` as `asNeeded` gives it. */
export type ComparisonAsked = {
  readonly eventId: string;
  readonly currency: string;
  readonly needed: string;
  readonly lotId: string | null;
  /** Only lines that this plant needs. */
  readonly plantCode: string | null;
  readonly onlyDifferences: boolean;
  readonly sort: ComparisonSort;
  readonly offset: number;
  readonly limit: number;
};
export type ComparisonRow = {
  readonly bidders: readonly Bidder[];
  readonly lines: readonly ComparedRow[];
  readonly summary: ComparisonSummary;
};

/** The figures of the whole comparison in one statement, and the lines of one page of it, without their cells. */
export async function findComparison(tx: Tx, of: ComparisonAsked): Promise<ComparisonRow> {
  const [row] = await planned<{
    bidders: Bidder[] | null;
    lines: ComparedRow[] | null;
    summary: ComparisonSummary;
  }>(tx, {
    text: `WITH ${PRICES}
             SELECT (${BIDDERS}) AS bidders, (${LINES}) AS lines, (${SUMMARY}) AS summary`,
    values: [
      of.eventId,
      of.needed,
      minorUnits(of.currency),
      of.lotId,
      of.onlyDifferences,
      of.sort,
      of.limit,
      of.offset,
      of.plantCode,
    ],
  });
  if (row === undefined) throw new Error('the comparison is always one row');
  return { bidders: row.bidders ?? [], lines: row.lines ?? [], summary: row.summary };
}
