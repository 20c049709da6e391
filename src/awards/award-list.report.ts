import { type Day, wallClock } from '../kernel/time.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import type { AwardRow } from './award-list.queries.ts';

/** The list of awards as a file; times as the reader's wall clock shows them. */
export const awardsFile = (awards: readonly AwardRow[], day: Day): CsvFile => ({
  fileName: `awards-${day}`,
  table: ({ t, stateLabel, timeZone }) => ({
    columns: [
      { heading: t('awards.column.award'), kind: 'text', width: 14 },
      { heading: t('awards.csv.event'), kind: 'text', width: 14 },
      { heading: t('awards.csv.title'), kind: 'text', width: 40 },
      { heading: t('awards.column.state'), kind: 'text', width: 18 },
      { heading: t('awards.form.suppliers'), kind: 'number', width: 8 },
      { heading: t('awards.csv.currency'), kind: 'text', width: 8 },
      { heading: t('awards.total'), kind: 'amount', width: 16 },
      { heading: t('awards.csv.proposed-by'), kind: 'text', width: 20 },
      { heading: t('awards.csv.proposed-at'), kind: 'text', width: 16 },
    ],
    rows: awards.map((award) => [
      award.reference,
      award.eventReference,
      award.eventTitle,
      stateLabel('award', award.state),
      String(award.supplierCount),
      award.currency,
      award.totalAmount,
      award.proposedByName,
      wallClock(award.proposedAt, timeZone).replace('T', ' '),
    ]),
  }),
});
