import pg from 'pg';

/** One message of a transaction, as it was given to pg. */
export type Statement = string | { name?: string; text: string; values: unknown[] };

/**
 * Runs `work` in this process and writes down every message it sends to PostgreSQL, with its values, in their order:
 * the very same SQL for a baseline to send. Nothing else in this process may use a database meanwhile.
 */
export async function recordSql(work: () => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = [];
  const prototype = pg.Client.prototype as unknown as { query(...args: unknown[]): unknown };
  const { query } = prototype;
  prototype.query = function queryAndRecord(this: unknown, ...args: unknown[]): unknown {
    sent.push(args[0] as Statement);
    return query.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
  }
  return sent;
}
