import type { Express } from 'express';
import type { Settings } from '../config/settings.ts';
import { eventJobs, scheduledJobs } from '../jobs/index.ts';
import { makeApp } from './app.ts';
import { type Folders, type House, openHouse } from './house.ts';
import type { Log } from './platform/logger.ts';
import type { Mailer } from './platform/mail/mailer.ts';
import { openQueues } from './platform/queue/queues.ts';
import { startRelay } from './platform/queue/relay.ts';
import { type JobWorker, startWorker } from './platform/queue/worker.ts';

/** Settings with the database's address known: the given one, or that of the embedded server. */
export type ProgramSettings = Settings & { readonly databaseUrl: string };

/** Who can sign in to a demonstration, and how. */
export type SignIn = { readonly name: string; readonly how: string };

/** What a process can run, opened on one house: pages, jobs, or both. */
export type Program = {
  readonly app: Express;
  startWorker(): Promise<JobWorker>;
  /** Loads the demonstration company when the database is empty; gives who can sign in. */
  seedIfEmpty(onProgress: (line: string) => void): Promise<readonly SignIn[]>;
  /** Hands on what is under way and closes queues and pools. Stop answering and working first. */
  close(): Promise<void>;
};

/** Opens everything that the settings name. */
export async function openProgram(settings: ProgramSettings, folders: Folders, log: Log): Promise<Program> {
  const house = openHouse({
    databaseUrl: settings.databaseUrl,
    poolMax: settings.poolMax,
    applicationName: 'portico',
    masterKey: settings.masterKey,
    folders,
  });
  const queues = await openQueues({
    databaseUrl: settings.databaseUrl,
    redisUrl: settings.redisUrl,
    onError: (error) => log.warn({ error: error.message }, 'queue connection'),
  });
  const relay = startRelay({
    db: house.db,
    queues,
    eventJobs,
    onError: (error) => log.warn({ error: String(error) }, 'relay'),
  });
  house.onCommitted(() => relay.poke());
  const { app } = makeApp(house, {
    origin: settings.origin,
    trustProxy: settings.trustProxy,
    log: (level, entry) => log[level]({ ...entry }, 'request'),
  });
  return {
    app,
    startWorker: () =>
      startWorker({
        db: house.db,
        queues,
        house: jobHouse(house, settings.origin),
        eventJobs,
        scheduledJobs,
        onJobFailed: ({ error, ...failure }) => log.warn({ ...failure, error: String(error) }, 'job failed'),
      }),
    seedIfEmpty: async () => [],
    async close() {
      await relay.stop();
      await queues.close();
      await house.close();
    },
  };
}

const jobHouse = (house: House, origin: string) => ({
  runInTx: house.runInTx,
  catalogue: house.catalogue,
  renderView: house.renderView,
  mailer: noMailYet,
  origin,
});

const noMailYet: Mailer = { send: () => Promise.reject(new Error('No way to send mail is set up')) };
