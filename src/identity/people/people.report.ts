import type { Day } from '../../kernel/time.ts';
import { formatFor } from '../../platform/i18n/format.ts';
import type { CsvFile } from '../../platform/web/send-csv.ts';
import type { PersonRow } from './people.queries.ts';
import type { FailureRow } from './sign-in-failures.queries.ts';

/** The list of people as a file. */
export const peopleFile = (people: readonly PersonRow[], day: Day): CsvFile => ({
  fileName: `people-${day}`,
  table: ({ t, locale, timeZone }) => ({
    columns: [
      { heading: t('people.name'), kind: 'text', width: 30 },
      { heading: t('people.email'), kind: 'text', width: 34 },
      { heading: t('people.kind'), kind: 'text', width: 12 },
      { heading: t('people.supplier'), kind: 'text', width: 30 },
      { heading: t('people.roles'), kind: 'text', width: 40 },
      { heading: t('people.standing'), kind: 'text', width: 14 },
      { heading: t('people.last-sign-in'), kind: 'text', width: 20 },
    ],
    rows: people.map((person) => [
      person.name,
      person.email,
      t(`people.kind-name.${person.kind}`),
      person.supplierName,
      person.roles.map((role) => t(`role.${role}`)).join(', '),
      t(`people.standing-name.${person.isActive ? 'active' : 'deactivated'}`),
      person.lastSignedInAt === null ? null : formatFor(locale).instant(person.lastSignedInAt, timeZone),
    ]),
  }),
});

/** Failed sign-ins as a file. */
export const failuresFile = (failures: readonly FailureRow[], day: Day): CsvFile => ({
  fileName: `failed-sign-ins-${day}`,
  table: ({ t, locale, timeZone }) => ({
    columns: [
      { heading: t('people.failures.when'), kind: 'text', width: 20 },
      { heading: t('people.failures.tries'), kind: 'number', width: 8 },
      { heading: t('people.failures.kind'), kind: 'text', width: 20 },
      { heading: t('people.failures.who'), kind: 'text', width: 30 },
      { heading: t('people.supplier'), kind: 'text', width: 30 },
      { heading: t('people.failures.from'), kind: 'text', width: 20 },
      { heading: t('people.failures.mark'), kind: 'text', width: 12 },
      { heading: t('people.failures.reason'), kind: 'text', width: 24 },
    ],
    rows: failures.map((failure) => [
      formatFor(locale).instant(failure.lastAt, timeZone),
      String(failure.tries),
      t(`people.failures.kind-name.${failure.kind}`),
      failure.userName ?? failure.whoMasked,
      failure.supplierName,
      failure.addressMasked,
      failure.addressMark,
      failure.reason,
    ]),
  }),
});
