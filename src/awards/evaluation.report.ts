import type { Translate } from '../platform/i18n/catalogue.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import { weighted } from './scoring.ts';
import type { WeightedBid, WeightedResult } from './weighted-result.service.ts';

/**
 * The weighted result as a table: a row a bid, its score and its share of the total by each criterion; over all lines,
 * then lot by lot where there are lots.
 */
export function evaluationSheet(
  result: WeightedResult,
  t: Translate,
): { name: string; columns: ExportColumn[]; rows: () => Iterable<ExportRow> } {
  const columns: ExportColumn[] = [
    ...(result.lots.length === 0 ? [] : [{ heading: t('landed.lot'), kind: 'text', width: 20 } as const]),
    { heading: t('evaluation.result.rank'), kind: 'number', width: 8 },
    { heading: t('evaluation.result.bidder'), kind: 'text', width: 36 },
    { heading: t('evaluation.result.bid'), kind: 'text', width: 18 },
    ...result.criteria.flatMap((criterion): ExportColumn[] => [
      { heading: t('evaluation.result.score-of', { title: criterion.title }), kind: 'number', width: 14 },
      {
        heading: t('evaluation.result.weighted-of', { title: criterion.title, weight: criterion.weight }),
        kind: 'number',
        width: 14,
      },
    ]),
    { heading: t('evaluation.result.total'), kind: 'number', width: 12 },
    { heading: t('evaluation.result.remark'), kind: 'text', width: 30 },
  ];
  const blank = result.criteria.flatMap(() => [null, null]);
  const rowOf = ({ bid, scores, total, rank }: WeightedBid): ExportRow => [
    rank === null ? null : String(rank),
    bid.supplierName,
    bid.reference,
    // A criterion of one lot says nothing of another.
    ...result.criteria.flatMap(({ id }) => {
      const { score = null, weight = '0' } = scores.find((one) => one.criterionId === id) ?? {};
      return [score, score === null ? null : weighted({ score, weight })];
    }),
    total,
    total === null ? t('evaluation.result.not-ranked') : null,
  ];
  const setAside = (bid: { supplierName: string; reference: string }, remark: string): ExportRow => [
    null,
    bid.supplierName,
    bid.reference,
    ...blank,
    null,
    remark,
  ];
  /** Before each row the lot that it is about, where there are lots. */
  const inLot = (title: string | null, row: ExportRow): ExportRow =>
    result.lots.length === 0 ? row : [title, ...row];
  function* rows(): Generator<ExportRow> {
    for (const bid of result.bids) yield inLot(null, rowOf(bid));
    for (const bid of result.failed) yield inLot(null, setAside(bid, t('evaluation.result.set-aside')));
    for (const { lot, bids, excluded } of result.lots) {
      const named = t('landed.lot-named', { number: lot.lotNo, title: lot.title });
      for (const bid of bids) yield inLot(named, rowOf(bid));
      for (const bid of excluded) yield inLot(named, setAside(bid, t('awards.lot-excluded')));
    }
  }
  return { name: t('evaluation.result.sheet'), columns, rows };
}
