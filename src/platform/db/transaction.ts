import type { Ctx, Ports, RunInTx, Tx } from './context.ts';
import type { Database } from './database.ts';
import { inTransaction } from './open-transaction.ts';

export type Clock = {
  /**
   * The database's clock now; a test's clock stands still until it is moved. `begunAt` is what the database
   * said as it began this transaction, a moment ago.
   */
  read(tx: Tx, begunAt?: Date): Promise<Date>;
};

/** The clock everything goes by in production: the database's, never the web server's. */
export const databaseClock: Clock = {
  async read(tx, begunAt) {
    if (begunAt !== undefined) return begunAt;
    const { rows } = await tx.raw<{ rows: { at: Date }[] }>('SELECT clock_timestamp() AS at');
    return (rows[0] as { at: Date }).at;
  },
};

/**
 * Makes the one way to open a transaction. A route or a job opens it, use-cases only receive it.
 * `onCommitted` runs after each commit: the relay listens there to hand new event rows on at once.
 */
export const makeRunInTx =
  (db: Database, ports: Omit<Ports, 'readClock'>, clock: Clock, onCommitted: () => void): RunInTx =>
  async (who, work) => {
    const result = await inTransaction(
      db,
      async (tx, begunAt) => {
        const ctx: Ctx = {
          ...ports,
          readClock: (within) => clock.read(within),
          tx,
          actor: who.actor,
          now: await clock.read(tx, begunAt),
          requestId: who.requestId ?? null,
        };
        return work(ctx);
      },
      who.actor,
    );
    onCommitted();
    return result;
  };
