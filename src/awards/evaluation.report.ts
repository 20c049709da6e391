import type { Translate } from '../platform/i18n/catalogue.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import type { WeightedResult } from './evaluation.service.ts';
import { weighted } from './scoring.ts';

/** The weighted result as a table: a row a bid, its score and its share of the total by each criterion. */
export function evaluationSheet(
  result: WeightedResult,
  t: Translate,
): { name: string; columns: ExportColumn[]; rows: () => Iterable<ExportRow> } {
  const columns: ExportColumn[] = [
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
  function* rows(): Generator<ExportRow> {
    for (const { bid, scores, total, rank } of result.bids)
      yield [
        rank === null ? null : String(rank),
        bid.supplierName,
        bid.reference,
        ...scores.flatMap(({ score, weight }) => [
          score,
          score === null ? null : weighted({ score, weight }),
        ]),
        total,
        total === null ? t('evaluation.result.not-ranked') : null,
      ];
    for (const bid of result.failed)
      yield [null, bid.supplierName, bid.reference, ...blank, null, t('evaluation.result.set-aside')];
  }
  return { name: t('evaluation.result.sheet'), columns, rows };
}
