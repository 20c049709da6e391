import type { Writable } from 'node:stream';
import type { Knex } from 'knex';
import type { QueryResult } from 'pg';
import type { Actor } from '../../kernel/actor.ts';
import { beginAs, databaseRoles, roleOf } from './acting.ts';
import type { Tx } from './context.ts';
import type { Database } from './database.ts';

/** What we use of pg's connection, with the marks that knex's pool puts on it. */
type Connection = {
  query(statement: string | { text: string; query_timeout: number }): Promise<QueryResult | QueryResult[]>;
  /** Where the server said the connection is: `I` is outside any transaction. */
  getTransactionStatus(): string | null;
  end(): Promise<void>;
  /** pg's own connection below, with the socket it writes to. */
  readonly connection: { readonly stream: Pick<Writable, 'cork' | 'uncork' | 'writableCorked'> };
  readonly __knexUid: string;
  __knex__disposed?: unknown;
};

// One message to begin and to read the clock, in the role that the connection has by itself.
const BEGIN = 'BEGIN; SELECT clock_timestamp() AS at';
// Behind a statement that hangs, the rollback would wait for ever.
const ROLLBACK = { text: 'ROLLBACK', query_timeout: 5_000 };

/**
 * Runs `work` in a transaction as this actor, which the database is told too; without one it has the connection's
 * own role. Committed when it answers, rolled back when it throws. `begunAt` is the database's clock at its
 * beginning. knex's own transactions cost 0.4 ms each, because each makes a whole knex.
 * @throws Error when a statement failed and `work` kept silent about it, so that nothing was saved
 */
export async function inTransaction<T>(
  db: Database,
  work: (tx: Tx, begunAt: Date) => Promise<T>,
  actor?: Actor,
): Promise<T> {
  const first = actor === undefined ? BEGIN : beginAs(actor);
  const connection = (await db.client.acquireConnection()) as Connection;
  try {
    const begunAt = await begin(connection, first);
    const statementPrefix = actor === undefined ? '' : databaseRoles[roleOf(actor)];
    const { tx, unawaited, close } = transactorOn(db, connection, statementPrefix);
    try {
      const result = await work(tx, begunAt);
      close();
      await commit(connection, unawaited);
      return result;
    } catch (error) {
      close();
      await rollBack(connection);
      throw (await firstFailureOf(unawaited)) ?? error;
    }
  } finally {
    if (connection.getTransactionStatus() !== 'I') discard(connection);
    await db.client.releaseConnection(connection);
  }
}

async function begin(connection: Connection, first: string): Promise<Date> {
  const results = (await connection.query(first)) as QueryResult<{ at: Date }>[];
  const clock = results.at(-1)?.rows[0];
  if (clock === undefined) throw new Error('The database did not say its time');
  return clock.at;
}

// PostgreSQL answers a COMMIT after a failed statement with a rollback, and calls it a success.
async function commit(connection: Connection, unawaited: readonly Promise<unknown>[]): Promise<void> {
  const [ended] = await Promise.all([connection.query('COMMIT'), ...unawaited]);
  const { command } = ended as QueryResult;
  if (command !== 'COMMIT')
    throw new Error('Nothing was saved: a statement of this transaction failed and its error was swallowed');
}

/** What really went wrong: everything after a failed statement only fails because of it. */
async function firstFailureOf(unawaited: readonly Promise<unknown>[]): Promise<unknown> {
  const ended = await Promise.allSettled(unawaited);
  return ended.find((one) => one.status === 'rejected')?.reason;
}

async function rollBack(connection: Connection): Promise<void> {
  if (connection.getTransactionStatus() === 'I') return;
  // The first error is the one to tell; a connection that cannot roll back is discarded.
  await connection.query(ROLLBACK).catch(() => undefined);
}

/** Ends a connection whose transaction is not over, so that nobody gets it again and its locks go. */
function discard(connection: Connection): void {
  connection.__knex__disposed = 'its transaction did not end';
  void connection.end().catch(() => undefined);
}

/** What is asked for in one go leaves in one piece: each write to the socket costs as much as a short statement. */
function sendTogether(stream: Connection['connection']['stream']): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** knex's query builder and `raw` on this connection alone, until it is closed: whatever comes later throws. */
function transactorOn(
  db: Database,
  connection: Connection,
  statementPrefix: string,
): { tx: Tx; unawaited: readonly Promise<unknown>[]; close(): void } {
  let isOver = false;
  const unawaited: Promise<unknown>[] = [];
  const guarded = {
    __knexUid: connection.__knexUid,
    statementPrefix,
    query(...statement: Parameters<Connection['query']>) {
      if (isOver) throw new Error('This transaction is over: a statement came after its end');
      sendTogether(connection.connection.stream);
      return connection.query(...statement);
    },
  };
  // Everything is the pool's client but where its connections come from.
  const client = Object.assign(Object.create(db.client) as Knex.Client, {
    transacting: true,
    acquireConnection: async () => guarded,
    releaseConnection: async () => undefined,
    leaveToCommit(sent: Promise<unknown>) {
      sent.catch(() => undefined);
      unawaited.push(sent);
    },
  });
  const tx = Object.assign((table: string) => client.queryBuilder().table(table), {
    client,
    raw: (...statement: unknown[]) => client.raw(...statement),
  });
  return {
    tx,
    unawaited,
    close() {
      isOver = true;
    },
  };
}
