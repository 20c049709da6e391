import type { Day } from '../kernel/time.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import type { AgreementRow } from './agreement-list.queries.ts';

/** The list of agreements as a file. */
export const agreementsFile = (agreements: readonly AgreementRow[], day: Day): CsvFile => ({
  fileName: `agreements-${day}`,
  table: ({ t, stateLabel, locale }) => ({
    columns: [
      { heading: t('agreements.column.reference'), kind: 'text', width: 14 },
      { heading: t('field.title'), kind: 'text', width: 40 },
      { heading: t('agreements.column.kind'), kind: 'text', width: 12 },
      { heading: t('agreements.column.supplier'), kind: 'text', width: 30 },
      { heading: t('agreements.column.state'), kind: 'text', width: 16 },
      { heading: t('agreements.column.category'), kind: 'text', width: 20 },
      { heading: t('agreements.column.plants'), kind: 'text', width: 20 },
      { heading: t('agreements.column.valid-from'), kind: 'day', width: 12 },
      { heading: t('agreements.column.valid-until'), kind: 'day', width: 12 },
      { heading: t('agreements.column.currency'), kind: 'text', width: 8 },
      { heading: t('agreements.column.value-limit'), kind: 'amount', width: 16 },
      { heading: t('agreements.column.called'), kind: 'amount', width: 16 },
    ],
    rows: agreements.map((one) => [
      one.reference,
      one.title,
      t(`agreements.kind.${one.kind}`),
      one.supplierName,
      stateLabel('agreement', one.state),
      locale === 'en' ? one.categoryEn : one.categoryZh,
      one.plantCodes.join(' '),
      one.validFrom,
      one.validUntil,
      one.currency,
      one.valueLimit,
      one.called,
    ]),
  }),
});
