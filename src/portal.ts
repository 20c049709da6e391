import path from 'node:path';
import type { Express } from 'express';
import type { Settings } from '../config/settings.ts';
import { eventJobs, scheduledJobs } from '../jobs/index.ts';
import { makeApp } from './app.ts';
import { startPageViews, startSealer } from './audit/index.ts';
import { openHouse } from './house.ts';
import type { RunInTx } from './platform/db/context.ts';
import { type Clock, databaseClock } from './platform/db/transaction.ts';
import type { Log } from './platform/logger.ts';
import { mailerFor } from './platform/mail/mailer-for.ts';
import type { JobHouse } from './platform/queue/job.ts';
import { openQueues } from './platform/queue/queues.ts';
import { startRelay } from './platform/queue/relay.ts';
import { startWorker } from './platform/queue/worker.ts';
import { scimSettings, signInSettings } from './sign-in-settings.ts';
import { startHeartbeat } from './sourcing/index.ts';

/** One process of the portal: what it serves, the work it can do, and how it ends. */
export type Portal = {
  readonly app: Express;
  /** Acts as somebody, outside of any request: the demonstration's and the tests' way to the use-cases. */
  readonly runInTx: RunInTx;
  /** Starts handing acts to the queues and working on them. */
  startWorker(): Promise<{ close(): Promise<void> }>;
  /** Says from now on that this process answers; for one that listens. */
  startHeartbeat(): { stop(): Promise<void> };
  close(): Promise<void>;
};

const root = path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? '..' : '../..');

/**
 * Opens everything a process needs, from the settings to the routes; nothing listens or works yet. Tests give
 * a clock that they can move; sessions go by `readNow`, everything else by `clock`.
 */
export async function openPortal(
  settings: Settings & { readonly databaseUrl: string },
  log: Log,
  time: { readonly clock: Clock; readonly readNow?: () => Date } = { clock: databaseClock },
): Promise<Portal> {
  const house = openHouse(
    {
      databaseUrl: settings.databaseUrl,
      poolMax: settings.poolMax,
      applicationName: 'portico',
      masterKey: settings.masterKey,
      folders: { root, data: settings.dataDir },
    },
    time.clock,
  );
  const queues = await openQueues({
    databaseUrl: settings.databaseUrl,
    redisUrl: settings.redisUrl,
    onError: (error) => log.warn({ error }, 'queues'),
  });
  const jobHouse: JobHouse = {
    runInTx: house.runInTx,
    mailer: mailerFor(settings, house.workerDb),
    catalogue: house.catalogue,
    renderView: house.renderView,
    origin: settings.origin,
  };
  const pageViews = startPageViews({
    runInTx: house.runInTx,
    onError: (error) => log.error({ error }, 'page views'),
  });
  const signIn = signInSettings(settings);
  const { app } = makeApp(house, {
    origin: settings.origin,
    trustProxy: settings.trustProxy,
    signIn,
    scim: scimSettings(settings, signIn),
    queues,
    pageViews,
    showsMailbox: settings.smtpUrl === null && settings.environment !== 'production',
    log,
    ...(time.readNow === undefined ? {} : { readNow: time.readNow }),
  });
  return {
    app,
    runInTx: house.runInTx,
    async startWorker() {
      const relay = startRelay({
        db: house.workerDb,
        queues,
        eventJobs,
        onError: (error) => log.warn({ error }, 'relay'),
      });
      house.onCommitted(() => relay.poke());
      const sealer = startSealer({
        db: house.workerDb,
        runInTx: house.runInTx,
        onError: (error) => log.error({ error }, 'sealer'),
      });
      const worker = await startWorker({
        db: house.workerDb,
        queues,
        house: jobHouse,
        eventJobs,
        scheduledJobs,
        onJobFailed: ({ error, ...failure }) => log.warn({ ...failure, error }, 'job failed'),
      });
      return {
        async close() {
          await sealer.stop();
          await relay.stop();
          await worker.close();
        },
      };
    },
    startHeartbeat: () =>
      startHeartbeat({
        runInTx: house.runInTx,
        onError: (error) => log.warn({ error }, 'heartbeat'),
      }),
    async close() {
      await pageViews.close();
      await queues.close();
      await house.close();
    },
  };
}
