import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, rowsOf, textRowsOf } from '../platform/db/statements.ts';
import type { LeafRow } from './leaf.ts';
import { leafColumnsSql } from './seal.store.ts';
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
/** Of a row `act` with a subject, beside {@link NAMES}. */
export const REFERENCE = `COALESCE(${namedBy.map(({ type, column }) => `${type}_named.${column}`).join(', ')})`;
export const NAMES = namedBy
  .map(
    ({ type, table }) =>
      `LEFT JOIN ${table} AS ${type}_named ON act.subject_type = '${type}' AND ${type}_named.id = act.subject_id`,
  )
  .join('\n  ');
export const SHOWN = `act.position, act.id, act.at, act.actor_kind AS "actorKind", act.actor_id AS "actorId",
         act.actor_name AS "actorName", act.on_behalf_of_name AS "onBehalfOfName", act.action, act.subject_type AS "subjectType",
         act.subject_id AS "subjectId", ${REFERENCE} AS reference, act.supplier_id AS "supplierId",
         whose.name AS "supplierName", act.from_state AS "fromState", act.to_state AS "toState", act.reason`;

/**
 * One page of the record, the newest first. The statement holds only the conditions that are asked for and is named
 * after them: each is planned for its own index.
 */
export async function searchRecord(
  tx: Tx,
  filter: RecordFilter,
  page: PageRequest,
): Promise<Page<RecordRow>> {
  const values: unknown[] = [];
  const asked: string[] = [];
  const conditions: string[] = [];
  const where = (name: string, value: unknown, condition: (at: string) => string): void => {
    if (value === null) return;
    values.push(value);
    asked.push(name);
    conditions.push(condition(`$${values.length}`));
  };
  const after = Number(page.after ?? Number.NaN);
  where('after', Number.isSafeInteger(after) ? after : null, (at) => `event.position < ${at}`);
  where('personId', filter.personId, (at) => `event.actor_id = ${at}::uuid`);
  where('person', partOf(filter.person), (at) => idsNamed('event.actor_id', 'user_account', at));
  where('supplier', partOf(filter.supplier), (at) => idsNamed('event.supplier_id', 'supplier', at));
  where('action', filter.action, (at) => `event.action = ${at}`);
  where('type', filter.subjectType, (at) => `event.subject_type = ${at}`);
  where('subject', filter.subjectId, (at) => `event.subject_id = ${at}::uuid`);
  where('reference', filter.reference, referenced);
  where('reason', partOf(filter.reason), (at) => `event.reason IS NOT NULL AND event.reason ILIKE ${at}`);
  where('from', filter.from, (at) => `event.at >= ${at}::timestamptz`);
  where('to', filter.to, (at) => `event.at < ${at}::timestamptz`);
  // One a second while anybody reads: they are for proofs, and shown to whoever asks for them.
  if (filter.action === null && filter.subjectType === null && filter.subjectId === null)
    conditions.push(`event.action <> 'page_view.recorded'`);
  values.push(page.limit + 1);
  const rows = await named<RecordRow>(tx, {
    name: `audit.search ${asked.join(' ')}`,
    text: `
  SELECT ${SHOWN}
  FROM (SELECT event.*
          FROM event
         ${conditions.length === 0 ? '' : `WHERE ${conditions.join('\n           AND ')}`}
         ORDER BY event.position DESC
         LIMIT $${values.length}) AS act
  LEFT JOIN supplier AS whose ON whose.id = act.supplier_id
  ${NAMES}
 ORDER BY act.position DESC`,
    values,
  });
  return toPage(rows, page.limit, (row) => String(row.position));
}

const idsNamed = (column: string, table: string, at: string): string =>
  `${column} = ANY (ARRAY(SELECT known.id FROM ${table} AS known WHERE known.name ILIKE ${at} LIMIT 200))`;

/** The document of this number, and what bears a number that begins with it. */
const referenced = (at: string): string =>
  `(event.subject_type, event.subject_id) IN (${withReference
    .map(
      ({ type }) =>
        `SELECT '${type}', known.id FROM ${type} AS known WHERE upper(known.reference) = upper(${at})`,
    )
    .join(' UNION ALL ')})`;

/** A text that stands anywhere, its own wildcards meant as they are written. */
const partOf = (text: string | null): string | null =>
  text === null ? null : `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

/** One act with everything the record holds of it. */
export type RecordedAct = RecordRow & {
  readonly requestId: string | null;
  readonly changes: Readonly<Record<string, unknown>>;
};

export const findRecordedAct = (tx: Tx, id: string): Promise<RecordedAct | undefined> =>
  firstOf<RecordedAct>(
    tx,
    `SELECT ${SHOWN}, act.request_id AS "requestId", act.changes
       FROM event AS act
       LEFT JOIN supplier AS whose ON whose.id = act.supplier_id
       ${NAMES}
      WHERE act.id = ?`,
    [id],
  );

/** The acts of one request or job, but this one: what was done together. */
export const findActsTogether = (
  tx: Tx,
  of: { requestId: string; exceptId: string; near: number },
): Promise<RecordRow[]> =>
  rowsOf<RecordRow>(
    tx,
    `SELECT ${SHOWN}
       FROM event AS act
       LEFT JOIN supplier AS whose ON whose.id = act.supplier_id
       ${NAMES}
      WHERE act.position >= ? AND act.position <= ? AND act.request_id = ? AND act.id <> ?
      ORDER BY act.position
      LIMIT 20`,
    [of.near - 1000, of.near + 1000, of.requestId, of.exceptId],
  );

/** The row as a leaf is made of it, with its seal when it has one. */
export async function findLeaf(
  tx: Tx,
  position: number,
): Promise<{ row: LeafRow; seal: { leafIndex: number; hash: Buffer } | null } | undefined> {
  const [row] = await textRowsOf(tx, `SELECT ${leafColumnsSql} FROM event WHERE event.position = $1`, [
    position,
  ]);
  if (row === undefined) return undefined;
  const seal = await firstOf<{ leafIndex: number; hash: Buffer }>(
    tx,
    'SELECT leaf_index AS "leafIndex", leaf_hash AS hash FROM event_seal WHERE event_position = ?',
    [position],
  );
  return { row, seal: seal ?? null };
}

export type CheckpointRow = {
  readonly id: string;
  readonly treeSize: number;
  readonly root: string;
  readonly createdAt: Date;
};

/** Checkpoints, the newest first. */
export async function listCheckpoints(tx: Tx, page: PageRequest): Promise<Page<CheckpointRow>> {
  const after = Number(page.after ?? Number.NaN);
  const rows = await rowsOf<CheckpointRow>(
    tx,
    `SELECT id, tree_size AS "treeSize", encode(root_hash, 'base64') AS root, created_at AS "createdAt"
       FROM event_checkpoint
      WHERE tree_size < ?
      ORDER BY tree_size DESC
      LIMIT ?`,
    [Number.isSafeInteger(after) ? after : Number.MAX_SAFE_INTEGER, page.limit + 1],
  );
  return toPage(rows, page.limit, (row) => String(row.treeSize));
}

export const findCheckpointNote = async (
  tx: Tx,
  id: string,
): Promise<{ note: string; treeSize: number } | undefined> =>
  firstOf(tx, 'SELECT signed_note AS note, tree_size AS "treeSize" FROM event_checkpoint WHERE id = ?', [id]);

/** The oldest act that waits for its seal. */
export const findOldestUnsealed = (tx: Tx): Promise<{ at: Date | null; count: number } | undefined> =>
  firstOf(
    tx,
    `SELECT min(event.at) AS at, count(*) AS count
       FROM event
       LEFT JOIN (SELECT transaction_id, position, above_position
                    FROM event_checkpoint ORDER BY tree_size DESC LIMIT 1) AS head ON true
      WHERE (event.transaction_id, event.position) > (COALESCE(head.transaction_id, '0'::xid8), COALESCE(head.position, 0))
        AND event.position > COALESCE(head.above_position, 0)`,
  );

/** Has a checkpoint been sent away on or after this instant? */
export async function wasCheckpointMailedSince(tx: Tx, since: Date): Promise<boolean> {
  const row = await firstOf<{ was: boolean }>(
    tx,
    `SELECT EXISTS (SELECT FROM event WHERE action = 'event_checkpoint.mailed' AND at >= ?) AS was`,
    [since],
  );
  return row?.was === true;
}
