import { trimDecimal } from '../kernel/money.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import type { SourcingEvent } from '../sourcing/index.ts';
import type { LandedAlternate } from './alternates.service.ts';
import type { ExcludedLot } from './awards.queries.ts';
import type { Bidder, Rank } from './comparison.ts';
import type { LineOfFile } from './comparison-file.queries.ts';

/** A table to be written as CSV or XLSX. */
export type ComparisonSheet = {
  readonly name: string;
  readonly columns: readonly ExportColumn[];
  rows(): AsyncIterable<ExportRow>;
};

type Of = {
  readonly event: Pick<SourcingEvent, 'currency'>;
  /** In the order of the places that the cells of a line name. */
  readonly bidders: readonly (Bidder & Rank)[];
  readonly alternates: readonly LandedAlternate[];
  readonly excludedLots: readonly Pick<ExcludedLot, 'bidId' | 'lotId'>[];
  readonly lineCount: number;
  readonly t: Translate;
};
/** What every row is written by: a bidder with the numbers of its alternates, and whether landed prices stand beside. */
type Layout = {
  readonly bidders: readonly (Bidder & Rank & { readonly alternateNos: readonly number[] })[];
  readonly alternates: ReadonlyMap<string, LandedAlternate>;
  readonly hasLanded: boolean;
  /** What stands where a bid was excluded from the lot of a line. */
  excluded(bidId: string, lotId: string | null): string | null;
};

/** The alternates that a bidder offers of any line, by their numbers: a column for each. */
export const alternateNosOf = (
  alternates: readonly Pick<LandedAlternate, 'bidId' | 'alternateNo'>[],
  bidder: Pick<Bidder, 'bidId'>,
): number[] =>
  [...new Set(alternates.flatMap((one) => (one.bidId === bidder.bidId ? [one.alternateNo] : [])))].toSorted(
    (a, b) => a - b,
  );

/**
 * The comparison as a table: a row a line, three columns a bidder, and two more with landed prices where any bid has
 * something to add; behind them the same of each of its alternates, with what it offers. An empty cell is no bid, or a
 * price that cannot be said; of a lot that a bid was excluded from it says so.
 */
export function comparisonSheet(
  lines: AsyncIterable<LineOfFile> | Iterable<LineOfFile>,
  of: Of,
): ComparisonSheet {
  const { t } = of;
  const layout: Layout = {
    bidders: of.bidders.map((bidder) => ({ ...bidder, alternateNos: alternateNosOf(of.alternates, bidder) })),
    alternates: new Map(of.alternates.map((one) => [keyOf(one), one])),
    hasLanded: of.bidders.some((bidder) => !bidder.isPlain),
    excluded: (bidId, lotId) =>
      of.excludedLots.some((one) => one.bidId === bidId && one.lotId === lotId)
        ? t('awards.lot-excluded')
        : null,
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
      ...layout.bidders.flatMap((bidder) => columnsOf(bidder, of, layout)),
    ],
    async *rows() {
      for await (const line of lines) yield rowOf(line, layout);
      yield totalOf(of, layout);
    },
  };
}

const keyOf = (of: { bidId: string; eventItemId: string; alternateNo: number }): string =>
  `${of.bidId} ${of.eventItemId} ${of.alternateNo}`;

function columnsOf(bidder: Layout['bidders'][number], { t, event }: Of, layout: Layout): ExportColumn[] {
  const pricesOf = (name: string): ExportColumn[] => {
    const heading = (key: string, currency: string): string => t(`awards.export.${key}`, { name, currency });
    return [
      { heading: heading('price', bidder.currency), kind: 'number', width: 16 },
      { heading: heading('amount', bidder.currency), kind: 'amount', width: 18 },
      ...(layout.hasLanded
        ? ([
            { heading: heading('landed-price', event.currency), kind: 'number', width: 16 },
            { heading: heading('landed-amount', event.currency), kind: 'amount', width: 18 },
          ] as const)
        : []),
      { heading: heading('lead-time', bidder.currency), kind: 'number', width: 12 },
    ];
  };
  return [
    ...pricesOf(bidder.supplierName),
    ...bidder.alternateNos.flatMap((number): ExportColumn[] => {
      const name = t('awards.export.alternate', { name: bidder.supplierName, number });
      return [{ heading: t('awards.export.offered', { name }), kind: 'text', width: 36 }, ...pricesOf(name)];
    }),
  ];
}

function rowOf(line: LineOfFile, { bidders, alternates, hasLanded, excluded }: Layout): ExportRow {
  const byPlace = new Map(line.cells.map((cell) => [cell.place, cell]));
  const row: (string | null)[] = [
    String(line.lineNo),
    line.itemCode,
    line.description,
    line.quantity,
    line.unit,
    line.estimatedPrice,
    bidders
      .flatMap(({ supplierName }, place) => (byPlace.get(place)?.isLowest === true ? [supplierName] : []))
      .join('; '),
  ];
  for (const [place, { bidId, alternateNos }] of bidders.entries()) {
    const cell = byPlace.get(place);
    if (cell === undefined) row.push(excluded(bidId, line.lotId), ...blank(hasLanded).slice(1));
    else {
      const { unitPrice, priceBaseQuantity } = cell;
      // A price for a hundred is written as such: 4.50 / 100.
      row.push(priceBaseQuantity === '1' ? unitPrice : `${unitPrice} / ${priceBaseQuantity}`, cell.amount);
      if (hasLanded) row.push(cell.landedUnit, cell.landedAmount);
      row.push(cell.leadTimeDays);
    }
    for (const alternateNo of alternateNos)
      row.push(
        ...alternateCells(alternates.get(keyOf({ bidId, eventItemId: line.id, alternateNo })), hasLanded),
      );
  }
  return row;
}

const blank = (hasLanded: boolean): null[] => Array.from({ length: hasLanded ? 5 : 3 }, () => null);

function alternateCells(one: LandedAlternate | undefined, hasLanded: boolean): ExportRow {
  if (one === undefined) return [null, ...blank(hasLanded)];
  return [
    one.description,
    one.unitPrice,
    one.amount,
    ...(hasLanded ? [one.landedUnit === null ? null : trimDecimal(one.landedUnit), one.landedAmount] : []),
    one.leadTimeDays === null ? null : String(one.leadTimeDays),
  ];
}

function totalOf({ t, event, lineCount }: Of, { bidders, hasLanded }: Layout): ExportRow {
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
      t('awards.row.of', { count: bidder.pricedLineCount, total: lineCount }),
      bidder.ownAmount,
      ...(hasLanded ? [null, bidder.totalAmount] : []),
      bidder.longestLeadTimeDays === null ? null : String(bidder.longestLeadTimeDays),
      // An alternate stands in place of a line: alternates add up to nothing.
      ...bidder.alternateNos.flatMap(() => [null, ...blank(hasLanded)]),
    ]),
  ];
}
