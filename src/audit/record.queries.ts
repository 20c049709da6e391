import type { Tx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import { type SubjectKind, subjectKinds } from './subject.ts';

/** What an auditor asks for; instants are bounds, `to` not included. */
export type RecordFilter = {
  readonly personId: string | null;
  readonly person: string | null;
  readonly action: string | null;
  readonly subjectType: string | null;
  readonly subjectId: string | null;
  readonly reference: string | null;
  readonly supplier: string | null;
  readonly reason: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
  /** The sourcing event the acts were about, or about what belongs to it. */
  readonly aboutEventId: string | null;
};

export const anyAct: RecordFilter = {
  personId: null,
  person: null,
  action: null,
  subjectType: null,
  subjectId: null,
  reference: null,
  supplier: null,
  reason: null,
  from: null,
  to: null,
  aboutEventId: null,
};

export type RecordRow = {
  readonly position: number;
  readonly id: string;
  readonly at: Date;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly actorName: string;
  /** For whom it was done, where not in the actor's own name. */
  readonly onBehalfOfName: string | null;
  readonly requestId: string | null;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly reference: string | null;
  readonly supplierId: string | null;
  readonly supplierName: string | null;
  readonly fromState: string | null;
  readonly toState: string | null;
  readonly reason: string | null;
};

const withReference: readonly SubjectKind[] = subjectKinds.filter((kind) => kind.hasReference);
/** What a subject is called by: a document by its number, a file and a person by their names. */
const namedBy: readonly { type: string; table: string; column: string }[] = [
  ...withReference.map(({ type }) => ({ type, table: type, column: 'reference' })),
  { type: 'document', table: 'document', column: 'file_name' },
  { type: 'user', table: 'user_account', column: 'name' },
];
/** The name of a row's subject, for a row called `act`. As a join of every kind it took longer to plan than to run. */
export const REFERENCE = `CASE act.subject_type
           ${namedBy.map(({ type, table, column }) => `WHEN '${type}' THEN (SELECT known.${column} FROM ${table} AS known WHERE known.id = act.subject_id)`).join('\n           ')}
         END`;
/** An act as lists show it, for a row called `act`. */
export const SHOWN = `act.position, act.id, act.at, act.actor_kind AS "actorKind", act.actor_id AS "actorId",
         act.actor_name AS "actorName", act.on_behalf_of_name AS "onBehalfOfName", act.request_id AS "requestId",
         act.action, act.subject_type AS "subjectType", act.subject_id AS "subjectId", ${REFERENCE} AS reference,
         act.supplier_id AS "supplierId",
         (SELECT whose.name FROM supplier AS whose WHERE whose.id = act.supplier_id) AS "supplierName",
         act.from_state AS "fromState", act.to_state AS "toState", act.reason`;

/** More people or suppliers of one name than this are looked for among all acts, not each by itself. */
const EACH_AT_MOST = 50;
const NAMED_AT_MOST = 1000;

/**
 * The newest acts that fit, after the act at position `after`. One index leads through them in their order; it is
 * made to by comparing whole rows of its columns, because the planner, left to itself, reads the record from its
 * end in the hope of an early find, and an act that is rare or long ago then costs a look at all others.
 */
export async function findActs(
  tx: Tx,
  filter: RecordFilter,
  page: { readonly after: number | null; readonly limit: number },
): Promise<RecordRow[]> {
  const found = await resolve(tx, filter);
  if (found === null) return [];
  const { values, conditions, names, hold } = collect();
  const bounds = {
    from: hold('from', filter.from ?? '-infinity'),
    to: hold('to', filter.to ?? 'infinity'),
    after: page.after === null ? null : hold('after', page.after),
    limit: hold('limit', page.limit),
  };
  const lead = leadOf(filter, found);
  const led = lead === null ? null : hold(`by ${lead.column}`, lead.value);
  // Whatever does not lead only filters.
  const rest = (column: string, value: unknown, condition: (at: string) => string): void => {
    if (value === null || lead?.column === column) return;
    names.push(column);
    conditions.push(condition(hold(column, value)));
  };
  rest('subject', found.subjects, (at) => `event.subject_id = ANY (${at}::uuid[])`);
  rest('actor_id', found.personIds, (at) => `event.actor_id = ANY (${at}::uuid[])`);
  rest('supplier_id', found.supplierIds, (at) => `event.supplier_id = ANY (${at}::uuid[])`);
  rest('action', filter.action, (at) => `event.action = ${at}`);
  rest('subject_type', filter.subjectType, (at) => `event.subject_type = ${at}`);
  if (filter.reason !== null) conditions.push('event.reason IS NOT NULL');
  rest('reason', partOf(filter.reason), (at) => `event.reason ILIKE ${at}`);
  // One a second while anybody reads: they are for proofs, and shown to whoever asks for them.
  if (filter.action === null && filter.subjectType === null && found.subjects === null)
    conditions.push(`event.action <> 'page_view.recorded'`);
  return named<RecordRow>(tx, {
    name: `audit.acts ${names.join(' ')}`,
    text: `
  SELECT ${SHOWN}
    FROM (${scan({ lead, led, bounds, conditions })}) AS act
   ORDER BY act.at DESC, act.position DESC`,
    values,
  });
}

type Lead = {
  readonly column: 'subject' | 'actor_id' | 'supplier_id' | 'action' | 'subject_type';
  readonly value: unknown;
};

/** The narrowest index that is asked for; null: the one by time. */
function leadOf(filter: RecordFilter, found: Resolved): Lead | null {
  if (found.subjects !== null) return { column: 'subject', value: found.subjects };
  const isFew = (ids: readonly string[] | null): ids is string[] =>
    ids !== null && ids.length <= EACH_AT_MOST;
  if (isFew(found.personIds)) return { column: 'actor_id', value: found.personIds };
  if (isFew(found.supplierIds)) return { column: 'supplier_id', value: found.supplierIds };
  if (filter.action !== null) return { column: 'action', value: [filter.action] };
  if (filter.subjectType !== null) return { column: 'subject_type', value: [filter.subjectType] };
  return null;
}

type Bounds = {
  readonly from: string;
  readonly to: string;
  readonly after: string | null;
  readonly limit: string;
};

function scan(of: {
  lead: Lead | null;
  led: string | null;
  bounds: Bounds;
  conditions: readonly string[];
}): string {
  const { lead, led, bounds, conditions } = of;
  const order = `${bounds.limit}::bigint`;
  if (lead === null || led === null)
    return `SELECT event.* FROM event WHERE ${within(null, bounds, conditions)}
             ORDER BY event.at DESC, event.position DESC LIMIT ${order}`;
  // The acts on one document are few: they are all taken, then put in order.
  if (lead.column === 'subject')
    return `WITH about AS MATERIALIZED (
              SELECT event.* FROM event WHERE event.subject_id = ANY (${led}::uuid[]))
            SELECT event.* FROM about AS event WHERE ${within(null, bounds, conditions)}
             ORDER BY event.at DESC, event.position DESC LIMIT ${order}`;
  const column = `event.${lead.column}`;
  const type = lead.column.endsWith('_id') ? 'uuid' : 'text';
  return `SELECT one.*
            FROM UNNEST(${led}::${type}[]) AS wanted (key)
           CROSS JOIN LATERAL (
                 SELECT event.* FROM event WHERE ${within(column, bounds, conditions)}
                  ORDER BY ${column} DESC, event.at DESC, event.position DESC LIMIT ${order}) AS one
           ORDER BY one.at DESC, one.position DESC LIMIT ${order}`;
}

function within(column: string | null, bounds: Bounds, conditions: readonly string[]): string {
  const [row, key] = column === null ? ['', ''] : [`${column}, `, 'wanted.key, '];
  const place = `(${row}event.at, event.position)`;
  // One upper bound only: of two, the index begins at the first it is given, which may be the wider.
  const { after } = bounds;
  const of = (what: string): string =>
    `(SELECT ${what} FROM event AS last WHERE last.position = ${after}::bigint)`;
  const to = `${bounds.to}::timestamptz`;
  const end =
    after === null
      ? `${to}, 0`
      : `${of(`LEAST(last.at, ${to})`)}, ${of(`CASE WHEN last.at < ${to} THEN last.position ELSE 0 END`)}`;
  return [
    `${place} >= (${key}${bounds.from}::timestamptz, 0)`,
    `${place} < (${key}${end})`,
    // The index leaves out where there is none.
    ...(column === null ? [] : [`${column} IS NOT NULL`]),
    ...conditions,
  ].join('\n             AND ');
}

function collect() {
  const values: unknown[] = [];
  const names: string[] = [];
  const conditions: string[] = [];
  const hold = (name: string, value: unknown): string => {
    values.push(value);
    if (!['from', 'to', 'limit'].includes(name)) names.push(name);
    return `$${values.length}`;
  };
  return { values, names, conditions, hold };
}

type Resolved = {
  readonly personIds: readonly string[] | null;
  readonly supplierIds: readonly string[] | null;
  readonly subjects: readonly string[] | null;
};

/** What was asked for by name or number, as ids; null when something of it is nowhere, so that no act can fit. */
async function resolve(tx: Tx, filter: RecordFilter): Promise<Resolved | null> {
  const personIds =
    filter.personId === null ? await idsNamed(tx, 'user_account', filter.person) : [filter.personId];
  const supplierIds = await idsNamed(tx, 'supplier', filter.supplier);
  const asked = [
    filter.subjectId === null ? null : [filter.subjectId],
    filter.reference === null ? null : await idsOfReference(tx, filter.reference),
    filter.aboutEventId === null ? null : await idsOfEvent(tx, filter.aboutEventId),
  ].filter((ids) => ids !== null);
  const [first = null, ...others] = asked;
  const subjects = first?.filter((id) => others.every((ids) => ids.includes(id))) ?? null;
  const isNowhere = [personIds, supplierIds, subjects].some((ids) => ids?.length === 0);
  return isNowhere ? null : { personIds, supplierIds, subjects };
}

async function idsNamed(
  tx: Tx,
  table: 'user_account' | 'supplier',
  name: string | null,
): Promise<string[] | null> {
  if (name === null) return null;
  const rows = await rowsOf<{ id: string }>(
    tx,
    `SELECT known.id FROM ${table} AS known WHERE known.name ILIKE ? LIMIT ${NAMED_AT_MOST}`,
    [partOf(name)],
  );
  return rows.map((row) => row.id);
}

async function idsOfReference(tx: Tx, reference: string): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    withReference
      .map(({ type }) => `SELECT known.id FROM ${type} AS known WHERE known.reference = upper(:reference)`)
      .join(' UNION ALL '),
    { reference },
  );
  return rows.map((row) => row.id);
}

/** The event and what belongs to it: invitations, bids, awards, and the files of each. */
export async function idsOfEvent(tx: Tx, eventId: string): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    `WITH part AS (
       SELECT CAST(:eventId AS uuid) AS id
        UNION ALL SELECT invitation.id FROM invitation WHERE invitation.event_id = :eventId
        UNION ALL SELECT bid.id FROM bid WHERE bid.event_id = :eventId
        UNION ALL SELECT award.id FROM award WHERE award.event_id = :eventId
     )
     SELECT part.id FROM part
      UNION ALL SELECT document.id FROM document JOIN part ON part.id = document.subject_id`,
    { eventId },
  );
  return rows.map((row) => row.id);
}

/** A text that stands anywhere, its own wildcards meant as they are written. */
const partOf = (text: string | null): string | null =>
  text === null ? null : `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
