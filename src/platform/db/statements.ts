import type { QueryResult } from 'pg';
import type { Tx } from './context.ts';
import type { Database } from './database.ts';

type PgConnection = {
  query(statement: {
    name?: string;
    text: string;
    values: unknown[];
    rowMode?: 'array';
  }): Promise<QueryResult>;
  /** Tells the prepared statements of a transaction's role from another's of the same connection. */
  readonly statementPrefix?: string;
};

// PostgreSQL cuts longer names off, and two statements would be one.
const NAME_LENGTH = 63;

function namedOn<S extends { name: string }>({ statementPrefix = '' }: PgConnection, statement: S): S {
  const name = `${statementPrefix}:${statement.name}`;
  if (name.length > NAME_LENGTH) throw new Error(`The name of a statement is too long: ${name}`);
  return { ...statement, name };
}

/**
 * Runs a prepared statement on the transaction's own connection and gives its rows. knex never names its
 * statements; PostgreSQL plans a named one once, which is worth a third of the time of a short read.
 * `name` must be the same for the same text, always. Bindings are `$1`, `$2` ….
 */
export async function named<Row>(
  tx: Tx,
  statement: { name: string; text: string; values: unknown[] },
): Promise<Row[]> {
  // Inside a transaction knex hands out the transaction's connection, and only that.
  const connection = (await tx.client.acquireConnection()) as PgConnection;
  return (await connection.query(namedOn(connection, statement))).rows as Row[];
}

/**
 * Runs a statement that PostgreSQL plans for these very values. A prepared one has a plan for any values after its fifth
 * run, which for figures over ten thousands of rows is several times slower than planning is.
 */
export async function planned<Row>(tx: Tx, statement: { text: string; values: unknown[] }): Promise<Row[]> {
  const connection = (await tx.client.acquireConnection()) as PgConnection;
  return (await connection.query(statement)).rows as Row[];
}

/** Sends prepared statements at once; PostgreSQL runs them in this order, each seeing what the ones before did. */
export async function namedInTurn(
  tx: Tx,
  statements: readonly { name: string; text: string; values: unknown[] }[],
): Promise<unknown[][]> {
  const connection = (await tx.client.acquireConnection()) as PgConnection;
  const results = await Promise.all(
    statements.map((statement) => connection.query(namedOn(connection, statement))),
  );
  return results.map((result) => result.rows);
}

/**
 * Sends a prepared statement and does not wait for it: the commit does, and fails with its error. For what nobody
 * in the transaction needs an answer from. Statements run in the order they were sent.
 */
export async function namedUnawaited(
  tx: Tx,
  statement: { name: string; text: string; values: unknown[] },
): Promise<void> {
  const connection = (await tx.client.acquireConnection()) as PgConnection;
  const sent = connection.query(namedOn(connection, statement));
  const { leaveToCommit } = tx.client as { leaveToCommit?: (sent: Promise<unknown>) => void };
  // In a transaction of knex's own nobody waits for it later.
  if (leaveToCommit === undefined) await sent;
  else leaveToCommit(sent);
}

/**
 * Runs one prepared statement by itself, outside any transaction: for what each request reads before its
 * page begins. Costs one round trip where a transaction costs three.
 */
export async function namedOnce<Row>(
  db: Database,
  statement: { name: string; text: string; values: unknown[] },
): Promise<Row[]> {
  const connection = (await db.client.acquireConnection()) as PgConnection;
  try {
    return (await connection.query(statement)).rows as Row[];
  } finally {
    await db.client.releaseConnection(connection);
  }
}

/** A list for `?`, or names for `:name` (cast by CAST: knex takes `:name::type` for an identifier). */
type Bindings = readonly unknown[] | Readonly<Record<string, unknown>>;

/** Rows of a laid-out SQL text with knex's `?` or `:name` bindings. */
export async function rowsOf<Row>(tx: Tx, sql: string, bindings: Bindings = []): Promise<Row[]> {
  const result = await tx.raw<{ rows: Row[] }>(sql, bindings as never);
  return result.rows;
}

export async function firstOf<Row>(tx: Tx, sql: string, bindings: Bindings = []): Promise<Row | undefined> {
  return (await rowsOf<Row>(tx, sql, bindings))[0];
}

/** Rows as lists of their columns, for reading very many: no object and no name for each. Cast every column to text. */
export async function textRowsOf(tx: Tx, text: string, values: unknown[] = []): Promise<(string | null)[][]> {
  const connection = (await tx.client.acquireConnection()) as PgConnection;
  return (await connection.query({ text, values, rowMode: 'array' })).rows as (string | null)[][];
}
