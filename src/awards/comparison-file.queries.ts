import type { DecimalString } from '../kernel/money.ts';
import type { Tx } from '../platform/db/context.ts';
import { planned } from '../platform/db/statements.ts';
import type { ComparedRow } from './comparison.ts';
import { LANDED_PRICES } from './landed.queries.ts';

/** One bidder's figures for one line, without their arithmetic and without names: there are ten thousands of them. */
export type CellOfFile = {
  /** Which of the bids that were asked for, from 0 on. */
  readonly place: number;
  readonly isLowest: boolean;
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly amount: DecimalString;
  readonly landedUnit: DecimalString | null;
  readonly landedAmount: DecimalString | null;
  readonly leadTimeDays: string | null;
};

/** A line of the event as a file has it. */
export type LineOfFile = Pick<
  ComparedRow,
  'id' | 'lotId' | 'lineNo' | 'itemCode' | 'description' | 'quantity' | 'unit' | 'estimatedPrice'
> & { readonly cells: readonly CellOfFile[] };

// A line by forty bidders is a few kilobytes: what is read at once is garbage before V8 takes it for something to keep.
const LINES_AT_ONCE = 10;

/** All lines with the figures of these bids, by a cursor, so that memory does not grow with them. */
export async function* streamLinesOfFile(
  tx: Tx,
  of: { eventId: string; needed: string; bidIds: readonly string[] },
): AsyncGenerator<LineOfFile> {
  await planned(tx, {
    text: `DECLARE comparison_file NO SCROLL CURSOR FOR
      WITH ${LANDED_PRICES},
      figure AS (
        SELECT priced.*, min(priced.landed_unit) OVER (PARTITION BY priced.event_item_id) AS lowest_unit
          FROM priced
      ),
      by_line AS (
        SELECT figure.event_item_id,
               string_agg(concat(
                 array_position($3::uuid[], figure.bid_id) - 1, ',', figure.landed_unit = figure.lowest_unit, ',',
                 trim_scale(bid_line.unit_price), ',', trim_scale(bid_line.price_base_quantity), ',',
                 figure.amount, ',', trim_scale(figure.landed_unit), ',', figure.landed_amount, ',',
                 figure.lead_time_days), ';') AS cells
          FROM figure
          JOIN bid_line ON bid_line.id = figure.id
         GROUP BY figure.event_item_id
      )
      SELECT item.id, item.lot_id AS "lotId", item.line_no AS "lineNo", item.item_code AS "itemCode", item.description,
             trim_scale(item.quantity)::text AS quantity, item.unit,
             trim_scale(item.estimated_price)::text AS "estimatedPrice", coalesce(by_line.cells, '') AS cells
        FROM event_item AS item
        LEFT JOIN by_line ON by_line.event_item_id = item.id
       WHERE item.event_id = $1
       ORDER BY item.line_no`,
    values: [of.eventId, of.needed, [...of.bidIds]],
  });
  const next = { text: `FETCH ${LINES_AT_ONCE} FROM comparison_file`, values: [] };
  for (;;) {
    const lines = await planned<Omit<LineOfFile, 'cells'> & { cells: string }>(tx, next);
    for (const line of lines) yield { ...line, cells: cellsIn(line.cells) };
    if (lines.length < LINES_AT_ONCE) break;
  }
  await planned(tx, { text: 'CLOSE comparison_file', values: [] });
}

/**
 * The figures of a line, which come as one text: V8 keeps the short strings of JSON for all time it thinks it has, and
 * this is no JSON.
 */
function cellsIn(text: string): CellOfFile[] {
  if (text === '') return [];
  return text.split(';').map((cell): CellOfFile => {
    const [place = '', isLowest, unitPrice = '', priceBaseQuantity = '', amount = '', ...landed] =
      cell.split(',');
    const [landedUnit = '', landedAmount = '', leadTimeDays = ''] = landed;
    return {
      place: Number(place),
      isLowest: isLowest === 't',
      unitPrice,
      priceBaseQuantity,
      amount,
      landedUnit: landedUnit || null,
      landedAmount: landedAmount || null,
      leadTimeDays: leadTimeDays || null,
    };
  });
}
