import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Run } from './measure.ts';
import type { Statement } from './recorded-sql.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const REFERENCE = /\b(PO|GR)-(\d{4})-\d+/g;

/** What a recorded act found, and did not make: its ids stay as they are when it is sent again. */
export type Found = ReadonlySet<string>;

/** Every id that these tables hold. */
export async function idsIn(pool: pg.Pool, tables: readonly string[]): Promise<Found> {
  const { rows } = await pool.query<{ id: string }>(
    tables.map((table) => `SELECT id::text AS id FROM ${table}`).join(' UNION '),
  );
  return new Set(rows.map((row) => row.id));
}

/**
 * The act as another one of the same kind: the same SQL message by message, with ids of its own for all that it
 * makes, and another number. `instead` gives the ids of what it works on.
 */
export function asAnother(
  statements: readonly Statement[],
  kept: Found,
  instead: ReadonlyMap<string, string> = new Map(),
): Statement[] {
  const ids = new Map(instead);
  const number = randomUUID().slice(0, 8);
  const renewed = (text: string): string =>
    text
      .replaceAll(UUID, (id) => {
        if (kept.has(id)) return id;
        const another = ids.get(id) ?? randomUUID();
        ids.set(id, another);
        return another;
      })
      .replaceAll(REFERENCE, `$1-$2-${number}`);
  const renew = (value: unknown): unknown => {
    if (typeof value === 'string') return renewed(value);
    return Array.isArray(value) ? value.map(renew) : value;
  };
  return statements.map((statement) =>
    typeof statement === 'string' ? statement : { ...statement, values: statement.values.map(renew) },
  );
}

/** Sends acts by plain pg over this many connections, each act's messages one after the other. */
export async function replay(
  pool: pg.Pool,
  acts: readonly (readonly Statement[])[],
  clients: number,
): Promise<Run> {
  const waiting = acts.map((act) => act);
  const from = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = await pool.connect();
      try {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
          for (const statement of next) await client.query(statement as pg.QueryConfig);
      } finally {
        client.release();
      }
    }),
  );
  return { perSecond: (1000 * acts.length) / (performance.now() - from) };
}

/** Does all of it, this many at a time, in this process. */
export async function inTurns<T>(
  all: readonly T[],
  clients: number,
  act: (one: T) => Promise<unknown>,
): Promise<Run> {
  const waiting = all.map((one) => one);
  return untilNoneIsLeft({ count: all.length, clients }, async () => {
    const next = waiting.pop();
    if (next === undefined) return false;
    await act(next);
    return true;
  });
}

/** Lets each client act again until it finds nothing to do; `count` is what they do together. */
export async function untilNoneIsLeft(
  { count, clients }: { count: number; clients: number },
  act: () => Promise<boolean>,
): Promise<Run> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (await act());
    }),
  );
  const milliseconds = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (1000 * count) / milliseconds, cpuMs: (user + system) / 1000 / count };
}
