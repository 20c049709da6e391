import { trimDecimal } from '../kernel/money.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import type { SourcingEvent } from '../sourcing/index.ts';
import type { Bidder, Rank } from './comparison.ts';
import type { CellOfFile, LineOfFile } from './comparison-cells.queries.ts';

/** A table to be written as CSV or XLSX. */
export type ComparisonSheet = {
  readonly name: string;
  readonly columns: readonly ExportColumn[];
  rows(): AsyncIterable<ExportRow>;
};

type Line = { readonly line: LineOfFile; readonly cells: readonly CellOfFile[] };

/**
 * The comparison as a table: a row a line, three columns a bidder, and two more with landed prices where any bid has
 * something to add. An empty cell is no bid, or a price that cannot be said.
 */
export function comparisonSheet(
  lines: AsyncIterable<Line>,
  of: {
    event: Pick<SourcingEvent, 'currency'>;
    bidders: readonly (Bidder & Rank)[];
    lineCount: number;
    t: Translate;
  },
): ComparisonSheet {
  const { event, bidders, t } = of;
  const hasLanded = bidders.some((bidder) => !bidder.isPlain);
  const columnsOf = (bidder: Bidder): ExportColumn[] => {
    const heading = (key: string, currency: string): string =>
      t(`awards.export.${key}`, { name: bidder.supplierName, currency });
    return [
      { heading: heading('price', bidder.currency), kind: 'number', width: 16 },
      { heading: heading('amount', bidder.currency), kind: 'amount', width: 18 },
      ...(hasLanded
        ? ([
            { heading: heading('landed-price', event.currency), kind: 'number', width: 16 },
            { heading: heading('landed-amount', event.currency), kind: 'amount', width: 18 },
          ] as const)
        : []),
      { heading: heading('lead-time', bidder.currency), kind: 'number', width: 12 },
    ];
  };
  return {
    name: t('awards.export.sheet'),
    columns: [
      { heading: t('awards.column.line'), kind: 'number', width: 8 },
      { heading: t('awards.column.code'), kind: 'text', width: 16 },
      { heading: t('awards.column.item'), kind: 'text', width: 44 },
      { heading: t('awards.column.quantity'), kind: 'number', width: 12 },
      { heading: t('awards.column.unit'), kind: 'text', width: 8 },
      { heading: t('awards.column.estimate'), kind: 'number', width: 14 },
      { heading: t('awards.export.lowest-by'), kind: 'text', width: 28 },
      ...bidders.flatMap(columnsOf),
    ],
    async *rows() {
      for await (const line of lines) yield rowOf(line, { bidders, hasLanded });
      yield totalOf(of, hasLanded);
    },
  };
}

function rowOf({ line, cells }: Line, of: { bidders: readonly Bidder[]; hasLanded: boolean }): ExportRow {
  const bySupplier = new Map(cells.map((cell) => [cell.supplierId, cell]));
  return [
    String(line.lineNo),
    line.itemCode,
    line.description,
    trimDecimal(line.quantity),
    line.unit,
    line.estimatedPrice === null ? null : trimDecimal(line.estimatedPrice),
    of.bidders
      .filter((bidder) => bySupplier.get(bidder.supplierId)?.isLowest === true)
      .map((bidder) => bidder.supplierName)
      .join('; '),
    ...of.bidders.flatMap((bidder) => cellsOf(bySupplier.get(bidder.supplierId), of.hasLanded)),
  ];
}

function cellsOf(cell: CellOfFile | undefined, hasLanded: boolean): ExportRow {
  if (cell === undefined) return hasLanded ? [null, null, null, null, null] : [null, null, null];
  return [
    // A price for a hundred is written as such: 4.50 / 100.
    cell.priceBaseQuantity === '1' ? cell.unitPrice : `${cell.unitPrice} / ${cell.priceBaseQuantity}`,
    cell.amount,
    ...(hasLanded ? [cell.landedUnit, cell.landedAmount] : []),
    cell.leadTimeDays === null ? null : String(cell.leadTimeDays),
  ];
}

function totalOf(of: Parameters<typeof comparisonSheet>[1], hasLanded: boolean): ExportRow {
  const { bidders, t, event } = of;
  return [
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
      t('awards.row.of', { count: bidder.pricedLineCount, total: of.lineCount }),
      bidder.ownAmount,
      ...(hasLanded ? [null, bidder.totalAmount] : []),
      bidder.longestLeadTimeDays === null ? null : String(bidder.longestLeadTimeDays),
    ]),
  ];
}
