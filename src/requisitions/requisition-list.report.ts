import type { Day } from '../kernel/time.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import type { RequisitionRow } from './requisition-list.queries.ts';

/** The list of requisitions as a file. */
export const requisitionsFile = (requisitions: readonly RequisitionRow[], day: Day): CsvFile => ({
  fileName: `requisitions-${day}`,
  table: ({ t, stateLabel, locale }) => ({
    columns: [
      { heading: t('requisitions.reference'), kind: 'text', width: 14 },
      { heading: t('requisitions.field.title'), kind: 'text', width: 40 },
      { heading: t('requisitions.state'), kind: 'text', width: 16 },
      { heading: t('requisitions.field.categoryCode'), kind: 'text', width: 20 },
      { heading: t('requisitions.field.plantCode'), kind: 'text', width: 20 },
      { heading: t('requisitions.first-need-by'), kind: 'text', width: 12 },
      { heading: t('requisitions.lines'), kind: 'number', width: 8 },
      { heading: t('requisitions.field.currency'), kind: 'text', width: 8 },
      { heading: t('requisitions.estimated-value'), kind: 'amount', width: 16 },
      { heading: t('requisitions.requester'), kind: 'text', width: 20 },
    ],
    rows: requisitions.map((one) => [
      one.reference,
      one.title,
      stateLabel('requisition', one.state),
      locale === 'en' ? one.categoryEn : one.categoryZh,
      locale === 'en' ? one.plantEn : one.plantZh,
      one.firstNeedByOn,
      String(one.lineCount),
      one.currency,
      one.estimatedValue,
      one.requesterName,
    ]),
  }),
});
