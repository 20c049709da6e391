import { system } from '../kernel/actor.ts';
import { newId } from '../kernel/id.ts';
import { addDays, dayIn, instantAt } from '../kernel/time.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx, RunInTx } from '../platform/db/context.ts';
import { insertActs } from './event.store.ts';
import { findRemovedBefore, insertPageViews, removePageViews } from './page-view.store.ts';
import { hashOfBatch, type PageView } from './page-view.ts';

const FLUSH_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const BATCH_VIEWS = 500;
/** What is kept in memory at most while the database does not answer: about 10 MB. */
const WAITING_AT_MOST = 20_000;
const TRIES_AT_CLOSE = 3;
/** The database keeps each view that long, whatever the policy says. */
const LEAST_DAYS = 90;

/** A view as the request leaves it: its instant and its session's hash are worked out when it is written. */
export type NotedView = Omit<PageView, 'at' | 'session'> & {
  /** By `performance.now()`. */
  readonly notedMs: number;
  readonly sessionId: string;
};

export type PageViews = {
  /** Takes a view to be written soon. Never waits and never throws: reading goes on whatever becomes of it. */
  note(view: NotedView): void;
  /** Writes what waits. */
  flush(): Promise<void>;
  /** Writes what waits and stops; what cannot be written is told as an error. */
  close(): Promise<void>;
};

type Batch = { readonly id: string; readonly views: readonly NotedView[]; readonly missed: number };

/**
 * Collects page views and writes them once a second, each batch with its hash in the record. Without `everyMs`
 * nothing is written but by `flush`. A hard kill loses what was noted in the last second; a database that is away
 * for long loses what goes beyond 20,000 views, and then the record says how many were missed.
 */
export function startPageViews(of: {
  runInTx: RunInTx;
  onError: (error: unknown) => void;
  everyMs?: number | null;
}): PageViews {
  const everyMs = of.everyMs === undefined ? FLUSH_MS : of.everyMs;
  const waiting: NotedView[] = [];
  let missed = 0;
  // Kept until it is known to be written, under the same id: it is never written twice.
  let batch: Batch | null = null;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<boolean> | undefined;
  let failures = 0;
  let isClosed = false;

  const takeBatch = (): Batch | null => {
    if (waiting.length === 0 && missed === 0) return null;
    const taken = { id: newId(), views: waiting.splice(0, BATCH_VIEWS), missed };
    missed = 0;
    return taken;
  };
  const write = async (): Promise<boolean> => {
    try {
      for (let isFull = true; isFull; ) {
        batch ??= takeBatch();
        if (batch === null) break;
        const taken = batch;
        await of.runInTx({ actor: system('audit/page-views') }, (ctx) => saveBatch(ctx, taken));
        // What came in meanwhile waits for its second: else each commit would be followed by the next.
        isFull = taken.views.length === BATCH_VIEWS;
        batch = null;
      }
      failures = 0;
      return true;
    } catch (error) {
      failures += 1;
      of.onError(error);
      if (batch !== null && isRefused(error)) {
        missed += batch.views.length + batch.missed;
        batch = null;
      }
      return false;
    }
  };
  const writeOnce = (): Promise<boolean> => {
    underWay ??= write().finally(() => {
      underWay = undefined;
      if (waiting.length > 0 || batch !== null) writeSoon();
    });
    return underWay;
  };
  const writeSoon = (): void => {
    if (timer !== undefined || everyMs === null || isClosed) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        void writeOnce();
      },
      Math.min(everyMs * 2 ** Math.min(failures, 5), LONGEST_PAUSE_MS),
    );
    timer.unref();
  };
  return {
    note(view) {
      if (waiting.length >= WAITING_AT_MOST) missed += 1;
      else waiting.push(view);
      writeSoon();
    },
    async flush() {
      await underWay;
      await writeOnce();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await underWay;
      for (let tries = 0; tries < TRIES_AT_CLOSE; tries += 1) if (await writeOnce()) return;
      const lost = waiting.length + (batch?.views.length ?? 0);
      of.onError(new Error(`${lost} page views could not be written before the end`));
    },
  };
}

/** Data that the database will never take: the batch must not stand before all others for ever. */
const isRefused = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^2[23]/.test(String(error.code));

async function saveBatch(ctx: Ctx, { id, views, missed }: Batch): Promise<void> {
  const nowMs = performance.now();
  const sessions = new Map<string, string>();
  const sessionOf = (sessionId: string): string => {
    const known = sessions.get(sessionId) ?? sha256Hex(sessionId).slice(0, 16);
    sessions.set(sessionId, known);
    return known;
  };
  const kept = views.map(
    ({ notedMs, sessionId, ...view }): PageView => ({
      ...view,
      // Noted by this process's own count of milliseconds, told by the database's clock like everything else.
      at: new Date(ctx.now.getTime() - Math.round(nowMs - notedMs)),
      session: sessionOf(sessionId),
    }),
  );
  if (kept.length > 0 && !(await insertPageViews(ctx.tx, id, kept))) return;
  await insertActs(ctx, [
    {
      action: 'page_view.recorded',
      subject: { type: 'page_view_batch', id },
      changes: { count: kept.length, sha256: hashOfBatch(kept), ...(missed === 0 ? {} : { missed }) },
    },
  ]);
}

/** Removes the views whose time is over, by whole batches, and records that; once a day of the company. */
export async function removeOldPageViews(ctx: Ctx): Promise<void> {
  const { company, pageViewDays } = ctx.policies;
  if (pageViewDays < LEAST_DAYS) throw new Error(`Page views are kept at least ${LEAST_DAYS} days`);
  const day = addDays(dayIn(ctx.now, company.timeZone), -pageViewDays);
  const before = instantAt(`${day}T00:00`, company.timeZone);
  const from = await findRemovedBefore(ctx.tx);
  if (from !== null && from >= before) return;
  const count = await removePageViews(ctx.tx, { from, before });
  if (count === 0) return;
  await insertActs(ctx, [
    {
      action: 'page_view.removed',
      subject: { type: 'page_view_batch', id: newId() },
      changes: { before: before.toISOString(), count },
    },
  ]);
}
