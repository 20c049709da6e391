import { trimDecimal } from '../kernel/money.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import type { SourcingEvent } from '../sourcing/index.ts';
import type { ComparisonRow } from './comparison.queries.ts';
import { type ComparedLine, rankBidders } from './comparison.ts';

/** A table to be written as CSV or XLSX. */
export type ComparisonSheet = {
  readonly name: string;
  readonly columns: readonly ExportColumn[];
  rows(): AsyncIterable<ExportRow>;
};

/** The comparison as a table: a row a line, three columns a bidder; an empty cell is no bid. */
export function comparisonSheet(
  comparison: ComparisonRow | null,
  { event, t }: { event: SourcingEvent; t: Translate },
): ComparisonSheet {
  const bidders = rankBidders(comparison?.bidders ?? [], comparison?.summary.lineCount ?? 0);
  const heading = (key: string, name: string): string =>
    t(`awards.export.${key}`, { name, currency: event.currency });
  const columns: ExportColumn[] = [
    { heading: t('awards.column.line'), kind: 'number', width: 8 },
    { heading: t('awards.column.code'), kind: 'text', width: 16 },
    { heading: t('awards.column.item'), kind: 'text', width: 44 },
    { heading: t('awards.column.quantity'), kind: 'number', width: 12 },
    { heading: t('awards.column.unit'), kind: 'text', width: 8 },
    { heading: t('awards.column.estimate'), kind: 'number', width: 14 },
    { heading: t('awards.export.lowest-by'), kind: 'text', width: 28 },
    ...bidders.flatMap(({ supplierName }): ExportColumn[] => [
      { heading: heading('price', supplierName), kind: 'number', width: 16 },
      { heading: heading('amount', supplierName), kind: 'amount', width: 18 },
      { heading: heading('lead-time', supplierName), kind: 'number', width: 12 },
    ]),
  ];
  const rowOf = (line: ComparedLine): ExportRow => [
    String(line.lineNo),
    line.itemCode,
    line.description,
    trimDecimal(line.quantity),
    line.unit,
    line.estimatedPrice === null ? null : trimDecimal(line.estimatedPrice),
    bidders
      .filter((bidder) => line.cells[bidder.supplierId]?.isLowest === true)
      .map((bidder) => bidder.supplierName)
      .join('; '),
    ...bidders.flatMap((bidder) => cellsOf(line.cells[bidder.supplierId])),
  ];
  const total: ExportRow = [
    null,
    null,
    t('awards.row.total', { currency: event.currency }),
    null,
    null,
    null,
    bidders
      .filter((bidder) => bidder.rank === 1)
      .map((bidder) => bidder.supplierName)
      .join('; '),
    ...bidders.flatMap((bidder) => [
      t('awards.row.of', { count: bidder.pricedLineCount, total: comparison?.summary.lineCount ?? 0 }),
      bidder.totalAmount,
      bidder.longestLeadTimeDays === null ? null : String(bidder.longestLeadTimeDays),
    ]),
  ];
  return {
    name: t('awards.export.sheet'),
    columns,
    async *rows() {
      for (const line of comparison?.lines ?? []) yield rowOf(line);
      yield total;
    },
  };
}

const cellsOf = (cell: ComparedLine['cells'][string] | undefined): ExportRow =>
  cell === undefined
    ? [null, null, null]
    : [
        // A price for a hundred is written as such: 4.50 / 100.
        trimDecimal(cell.priceBaseQuantity) === '1'
          ? trimDecimal(cell.unitPrice)
          : `${trimDecimal(cell.unitPrice)} / ${trimDecimal(cell.priceBaseQuantity)}`,
        cell.amount,
        cell.leadTimeDays === null ? null : String(cell.leadTimeDays),
      ];
