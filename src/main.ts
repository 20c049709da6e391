import { createServer, type Server } from 'node:http';
import path from 'node:path';
import {
  movedTo,
  type RunningSettings,
  readEnvironment,
  readSettings,
  type Settings,
} from '../config/settings.ts';
import { prepareDemonstration, type SignIn } from './demonstration.ts';
import { examine } from './doctor.ts';
import { type Database, openDatabase } from './platform/db/database.ts';
import { migrate, pendingMigrations } from './platform/db/migrate.ts';
import { ensureDatabase } from './platform/embedded/database.ts';
import { startPostgres } from './platform/embedded/postgres.ts';
import { nextFreePort } from './platform/free-port.ts';
import { type Log, makeLog } from './platform/logger.ts';
import { type ClosingStep, closeAll, closeOnSignal, drain } from './platform/shutdown.ts';
import { openPortal, type Portal } from './portal.ts';
import { say, step } from './progress.ts';
import { verify } from './verify.ts';
import { verifyProof } from './verify-proof.ts';
import { verifyReceipt } from './verify-receipt.ts';

/** The settings with a database that runs, and what has to be closed in the end, the last opened first. */
type Prepared = {
  readonly settings: RunningSettings;
  readonly closing: ClosingStep[];
};

const here = import.meta.dirname;
const root = path.join(here, import.meta.url.endsWith('.ts') ? '..' : '../..');
const migrationsFolder = path.join(here, '../migrations');

type Mode = (settings: Settings, log: Log, args: readonly string[]) => Promise<void>;

const modes: Readonly<Record<string, Mode>> = {
  /** Web and worker in one process, the database brought up to date first: what `npm start` runs. */
  async all(wanted, log) {
    const { settings, closing } = await withDatabase(await withFreePort(wanted));
    await step('Database', () => bringUpToDate(settings.databaseUrl));
    const signIns = settings.demo ? await demonstrate(settings) : [];
    const portal = await open(settings, log, closing);
    await step('Worker', () => work(portal, closing));
    await step('Web', () => listen(portal, settings, closing));
    closeOnSignal(log, closing);
    sayWhereAndWho(settings.origin, signIns);
  },

  async web(wanted, log) {
    const { settings, closing } = await withDatabase(await withFreePort(wanted));
    await refusePending(settings.databaseUrl);
    await listen(await open(settings, log, closing), settings, closing);
    closeOnSignal(log, closing);
    say(`Portico answers at ${settings.origin}`);
  },

  async worker(wanted, log) {
    const { settings, closing } = await withDatabase(wanted);
    await refusePending(settings.databaseUrl);
    await work(await open(settings, log, closing), closing);
    closeOnSignal(log, closing);
    say('The worker is running');
  },

  async migrate(wanted, log) {
    const { settings, closing } = await withDatabase(wanted);
    await step('Database', () => bringUpToDate(settings.databaseUrl));
    await closeAll(log, closing);
  },

  async seed(wanted, log) {
    await prepare({ ...wanted, demo: true }, log);
  },

  /** What has to be done once before several processes start: migrations, and the demonstration if it is on. */
  async prepare(wanted, log) {
    await prepare(wanted, log);
  },

  async doctor(wanted, log) {
    const { settings, closing } = await withDatabase(wanted);
    const isWell = await examine(settings, { embedded: wanted.databaseUrl === null, migrationsFolder });
    await closeAll(log, closing);
    process.exitCode = isWell ? 0 : 1;
  },

  /**
   * Recomputes the whole record; `--checkpoint <file>` compares it with one that was mailed. `receipt <file>` checks
   * a bidder's receipt by itself, `proof <file>` one act.
   */
  async verify(wanted, log, args) {
    if (args[0] === 'receipt') {
      process.exitCode = verifyReceipt(args.slice(1)) ? 0 : 1;
      return;
    }
    if (args[0] === 'proof') {
      process.exitCode = verifyProof(args.slice(1)) ? 0 : 1;
      return;
    }
    const { settings, closing } = await withDatabase(wanted);
    await refusePending(settings.databaseUrl);
    const isWhole = await verify(settings, args);
    await closeAll(log, closing);
    process.exitCode = isWhole ? 0 : 1;
  },
};

async function prepare(wanted: Settings, log: Log): Promise<void> {
  const { settings, closing } = await withDatabase(wanted);
  await step('Database', () => bringUpToDate(settings.databaseUrl));
  const signIns = settings.demo ? await demonstrate(settings) : [];
  await closeAll(log, closing);
  sayWho(signIns);
}

async function withFreePort(settings: Settings): Promise<Settings> {
  const port = await nextFreePort(settings.port, settings.host, settings.isPortMovable ? 20 : 1);
  if (port === undefined) throw new Error(portTaken(settings.port));
  if (port === settings.port) return settings;
  say(`Port ${settings.port} is taken, so this is port ${port}`);
  return movedTo(settings, port);
}

const portTaken = (port: number): string =>
  `Port ${port} is taken by another program: stop it, or set PORT to another one, e.g. PORT=${port + 1} npm start`;

async function withDatabase(settings: Settings): Promise<Prepared> {
  if (settings.databaseUrl !== null)
    return { settings: { ...settings, databaseUrl: settings.databaseUrl }, closing: [] };
  const server = await step('PostgreSQL', () =>
    startPostgres({ folder: path.join(settings.dataDir, 'postgres') }),
  );
  await ensureDatabase(server.urlOf('postgres'), 'portico');
  return {
    settings: { ...settings, databaseUrl: server.urlOf('portico') },
    closing: [{ name: 'postgres', close: server.stop }],
  };
}

async function bringUpToDate(databaseUrl: string): Promise<string> {
  const names = await withPool(databaseUrl, (db) => migrate(db, migrationsFolder));
  return names.length === 0 ? 'up to date' : `${names.length} migrations`;
}

async function refusePending(databaseUrl: string): Promise<void> {
  const pending = await withPool(databaseUrl, (db) => pendingMigrations(db, migrationsFolder));
  if (pending.length > 0)
    throw new Error(`The database lacks ${pending.length} migrations: run \`npm run migrate\` first`);
}

async function withPool<T>(url: string, use: (db: Database) => Promise<T>): Promise<T> {
  const db = openDatabase({ url, poolMax: 2, applicationName: 'portico-migrate' });
  try {
    return await use(db);
  } finally {
    await db.destroy();
  }
}

async function open(settings: RunningSettings, log: Log, closing: ClosingStep[]): Promise<Portal> {
  const portal = await openPortal(settings, log);
  closing.unshift({ name: 'portal', close: () => portal.close() });
  return portal;
}

const demonstrate = (settings: RunningSettings): Promise<readonly SignIn[]> =>
  step('Demonstration company', () => prepareDemonstration(settings, say));

async function work(portal: Portal, closing: ClosingStep[]): Promise<void> {
  const worker = await portal.startWorker();
  closing.unshift({ name: 'worker', close: () => worker.close() });
}

async function listen(portal: Portal, settings: Settings, closing: ClosingStep[]): Promise<void> {
  const server = createServer(portal.app);
  await listening(server, settings);
  const heartbeat = portal.startHeartbeat();
  closing.unshift(
    { name: 'web', close: () => drain(server) },
    { name: 'heartbeat', close: () => heartbeat.stop() },
  );
}

function listening(server: Server, { host, port }: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(portTaken(port)) : error),
    );
    server.listen(port, host, () => resolve());
  });
}

function sayWhereAndWho(origin: string, signIns: readonly SignIn[]): void {
  say(`\nPortico is ready: ${origin}`);
  sayWho(signIns);
  say('');
}

function sayWho(signIns: readonly SignIn[]): void {
  if (signIns.length > 0) say('Sign in as:');
  const width = Math.max(0, ...signIns.map(({ name }) => columnsOf(name)));
  for (const { name, how } of signIns) say(`  ${name}${' '.repeat(width - columnsOf(name))}  ${how}`);
}

/** A terminal gives a Chinese character two columns. */
const columnsOf = (text: string): number =>
  [...text].reduce((columns, character) => columns + (/\p{Script=Han}/u.test(character) ? 2 : 1), 0);

async function main(mode = 'all', ...args: readonly string[]): Promise<void> {
  const run = modes[mode];
  if (run === undefined) throw new Error(`Unknown mode ${mode}: use ${Object.keys(modes).join(', ')}`);
  const settings = readSettings(readEnvironment(root), {
    dataDirDefault: path.join(root, '.portico'),
  });
  await run(settings, makeLog(settings.logLevel), args);
}

main(...process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? explain(error) : String(error)}\n`);
  process.exit(1);
});

// What a person can act on is said plainly; a bug keeps its stack.
const explain = (error: Error): string =>
  error.constructor === Error ? error.message : (error.stack ?? error.message);
