import { type Day, wallClock } from '../kernel/time.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import type { EventRow } from './event-list.queries.ts';

/** The list of events as a file; closing times as the wall clock shows them in each event's own zone. */
export const eventsFile = (events: readonly EventRow[], day: Day): CsvFile => ({
  fileName: `requirements-${day}`,
  table: ({ t, stateLabel, locale }) => ({
    columns: [
      { heading: t('sourcing.reference'), kind: 'text', width: 14 },
      { heading: t('sourcing.field.title'), kind: 'text', width: 40 },
      { heading: t('sourcing.state'), kind: 'text', width: 18 },
      { heading: t('sourcing.field.categoryCode'), kind: 'text', width: 20 },
      { heading: t('sourcing.closes'), kind: 'text', width: 16 },
      { heading: t('sourcing.csv.time-zone'), kind: 'text', width: 18 },
      { heading: t('sourcing.lines'), kind: 'number', width: 8 },
      { heading: t('sourcing.invited'), kind: 'number', width: 8 },
      { heading: t('sourcing.field.currency'), kind: 'text', width: 8 },
      { heading: t('sourcing.estimated-value'), kind: 'amount', width: 16 },
      { heading: t('sourcing.owner'), kind: 'text', width: 20 },
    ],
    rows: events.map((event) => [
      event.reference,
      event.title,
      stateLabel('sourcing_event', event.state),
      locale === 'en' ? event.categoryEn : event.categoryZh,
      event.closesAt === null ? null : wallClock(event.closesAt, event.timeZone).replace('T', ' '),
      event.timeZone,
      String(event.lineCount),
      String(event.invitationCount),
      event.currency,
      event.estimatedValue,
      event.ownerName,
    ]),
  }),
});
