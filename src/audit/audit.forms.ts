import { z } from 'zod';
import { addDays, instantAt, isDay } from '../kernel/time.ts';
import type { PersonQuestion } from './person.service.ts';
import type { RecordFilter } from './record.queries.ts';
import { subjectKinds } from './subject.ts';

const TEXT_AT_MOST = 100;

const nothing = (value: unknown): unknown => (value === '' || value === undefined ? null : value);
const text = z.preprocess(nothing, z.string().trim().max(TEXT_AT_MOST).nullable()).catch(null);
const id = z.preprocess(nothing, z.uuid().nullable()).catch(null);
const day = z.preprocess(nothing, z.string().refine(isDay).nullable()).catch(null);

/** The search, as its address carries it; what cannot be read asks for nothing. */
export const recordQuery = z.object({
  personId: id,
  person: text,
  action: z
    .preprocess(
      nothing,
      z
        .string()
        .regex(/^[a-z_]+[.][a-z-]+$/)
        .max(TEXT_AT_MOST)
        .nullable(),
    )
    .catch(null),
  type: z
    .preprocess(
      nothing,
      z
        .string()
        .regex(/^[a-z_]+$/)
        .max(TEXT_AT_MOST)
        .nullable(),
    )
    .catch(null),
  subject: id,
  reference: text,
  supplier: text,
  reason: text,
  from: day,
  to: day,
});
export type RecordQuery = z.infer<typeof recordQuery>;

/** Days are those of the reader's zone, both of them included. */
export const asFilter = (query: RecordQuery, timeZone: string): RecordFilter => ({
  aboutEventId: null,
  personId: query.personId,
  person: query.person,
  action: query.action,
  subjectType: query.type,
  subjectId: query.subject,
  reference: query.reference,
  supplier: query.supplier,
  reason: query.reason,
  from: startOf(query.from, timeZone),
  to: query.to === null ? null : startOf(addDays(query.to, 1), timeZone),
});

const startOf = (on: string | null, timeZone: string): Date | null =>
  on === null ? null : instantAt(`${on}T00:00`, timeZone);

/** What was asked for, as an address carries it. */
export const asQuery = (query: RecordQuery): Record<string, string> =>
  Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== null));

/** What is asked about one person; what cannot be read asks for nothing. */
export const personQuery = z.object({
  from: day,
  to: day,
  before: text,
  scope: z.enum(['event', 'all']).catch('event'),
  show: z.enum(['all', 'acts', 'views']).catch('all'),
});
export type PersonQuery = z.infer<typeof personQuery>;

/** Days are those of the reader's zone, both of them included. */
export const asQuestion = ({ from, to, ...query }: PersonQuery, timeZone: string): PersonQuestion => ({
  ...query,
  from: startOf(from, timeZone),
  to: to === null ? null : startOf(addDays(to, 1), timeZone),
});

/** What was asked for, as an address carries it. */
export const asPersonQuery = ({ from, to, before, scope, show }: PersonQuery): Record<string, string> => ({
  ...(from === null ? {} : { from }),
  ...(to === null ? {} : { to }),
  ...(before === null ? {} : { before, scope }),
  ...(show === 'all' ? {} : { show }),
});

/** A checkpoint that somebody kept, pasted in. */
export const checkpointQuery = z.object({
  note: z.preprocess(nothing, z.string().max(2000).nullable()).catch(null),
});

/** The kinds of subject one may ask for: the documents, and what else the record speaks of. */
export const askedTypes: readonly string[] = [
  ...subjectKinds.map((kind) => kind.type),
  'document',
  'user',
  'notification',
];
