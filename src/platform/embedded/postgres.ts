import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { reachableFolder } from './folder.ts';
import { type Owner, serverOwner } from './owner.ts';
import { isAlive, type Postmaster, runningServer } from './postmaster.ts';

export type EmbeddedPostgres = {
  readonly port: number;
  /** True when it was running already: left behind by a killed process, or shared with a living one. */
  readonly wasRunning: boolean;
  /** The address of one of its databases, as the server's superuser. */
  urlOf(database: string): string;
  /** Ends connections and stops the server, unless another process is responsible for it. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  /** Holds the data, the password, the port last used and the server's log. */
  readonly folder: string;
  /** A fixed port; without it the one used last, or a free one. */
  readonly port?: number;
  /** A fixed password; without it one is made at random and kept in the folder. */
  readonly password?: string;
  /** Extra `name=value` settings of the server. */
  readonly settings?: readonly string[];
};

const START_TIMEOUT_S = 60;
// Sessions of a killed server end within moments; until then PostgreSQL refuses to start on their memory.
const START_TRIES = 20;

/**
 * Starts the PostgreSQL that comes with the program on its own folder, or takes over the one that a killed
 * process left behind. Data checksums are on and commits are durable.
 * @throws Error with the end of the server's log when it does not start
 */
export async function startPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const owner = serverOwner();
  const binaries = findBinaries(owner);
  const folder = reachableFolder(options.folder, owner);
  const password = options.password ?? keptSecret(path.join(folder, 'password'));
  const data = path.join(folder, 'data');
  if (!existsSync(data)) await makeCluster(binaries, { folder, data, password, owner });
  refuseOtherVersion(data, binaries.version);

  const found = await readyServer(data);
  if (found === undefined) await startServer(binaries, { folder, data, owner, options });
  const isOurs = takeResponsibility(path.join(folder, 'responsible'), found !== undefined);
  const port = (found ?? runningServer(data))?.port ?? Number.NaN;
  return {
    port,
    wasRunning: found !== undefined,
    urlOf: (database) => `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    stop: async () => {
      if (!isOurs || runningServer(data) === undefined) return;
      await run(binaries.pgCtl, ['stop', '-D', data, '-m', 'fast', '-w', '-t', '60'], owner);
    },
  };
}

async function makeCluster(
  binaries: Binaries,
  cluster: { folder: string; data: string; password: string; owner: Owner },
): Promise<void> {
  // Made beside and renamed: a kill while it is made leaves no half database under the real name.
  const fresh = `${cluster.data}.new`;
  const passwordFile = path.join(cluster.folder, 'password.new');
  rmSync(fresh, { recursive: true, force: true });
  writeFileSync(passwordFile, `${cluster.password}\n`, { mode: 0o600 });
  give(passwordFile, cluster.owner);
  try {
    await run(
      binaries.initdb,
      [
        '-D',
        fresh,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--data-checksums',
        '--no-instructions',
      ],
      cluster.owner,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(fresh, cluster.data);
}

function refuseOtherVersion(data: string, packageVersion: string): void {
  const made = readFileSync(path.join(data, 'PG_VERSION'), 'utf8').trim();
  if (packageVersion.split('.')[0] !== made)
    throw new Error(
      `The data in ${realpathSync(data)} is of PostgreSQL ${made} and this program brings ${packageVersion}: ` +
        'dump it with the old version and load it into the new one, or set DATABASE_URL',
    );
}

/** The server on this data, when it is ready; a server that recovers from a crash is waited for. */
async function readyServer(data: string): Promise<Postmaster | undefined> {
  for (let waitedS = 0; waitedS < START_TIMEOUT_S; waitedS += 0.1) {
    const server = runningServer(data);
    if (server === undefined || server.isReady) return server;
    await sleep(100);
  }
  throw new Error(`The PostgreSQL that runs on ${data} did not become ready in ${START_TIMEOUT_S} s`);
}

async function startServer(
  binaries: Binaries,
  server: { folder: string; data: string; owner: Owner; options: EmbeddedOptions },
): Promise<void> {
  const { folder, data, owner, options } = server;
  const portFile = path.join(folder, 'port');
  const port = options.port ?? (await freePort(numberIn(portFile) ?? 0));
  const log = path.join(folder, 'server.log');
  rmSync(log, { force: true });
  // Nobody runs on the data (readyServer looked), yet a dead server nobody buried, or another program with
  // its number, would make PostgreSQL refuse. Its lock on the shared memory still guards the data.
  rmSync(path.join(data, 'postmaster.pid'), { force: true });
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'shared_buffers=128MB',
    'max_connections=100',
    ...(options.settings ?? []),
  ];
  const flags = [`-p ${port}`, ...settings.map((setting) => `-c ${setting}`)].join(' ');
  const args = ['start', '-D', data, '-l', log, '-w', '-t', String(START_TIMEOUT_S), '-o', flags];
  for (let triesLeft = START_TRIES; ; triesLeft -= 1) {
    try {
      await run(binaries.pgCtl, args, owner);
      break;
    } catch (error) {
      const isWorthWaiting = triesLeft > 1 && endOf(log).includes('shared memory block');
      if (!isWorthWaiting)
        throw new Error(`PostgreSQL did not start on ${data}\n${endOf(log)}`, { cause: error });
      await sleep(250);
    }
  }
  writeFileSync(portFile, String(port));
}

/** Who stops the server: the process that started it, or the one that found it with nobody left. */
function takeResponsibility(file: string, wasRunning: boolean): boolean {
  const responsible = numberIn(file);
  if (wasRunning && responsible !== undefined && responsible !== process.pid && isAlive(responsible))
    return false;
  writeFileSync(file, String(process.pid));
  return true;
}

function run(program: string, args: readonly string[], owner: Owner): Promise<void> {
  return new Promise((resolve, reject) => {
    // Started from a folder the owner can surely enter; no pipe that the server would inherit and hold open.
    const cwd = process.platform === 'win32' ? undefined : '/';
    const child = spawn(program, args, { ...owner, cwd, stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${path.basename(program)} ${args[0]} failed (${code})`)),
    );
  });
}

function keptSecret(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const secret = randomBytes(24).toString('base64url');
  writeFileSync(file, secret, { mode: 0o600 });
  return secret;
}

function numberIn(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  return Number(readFileSync(file, 'utf8')) || undefined;
}

const endOf = (log: string): string => (existsSync(log) ? readFileSync(log, 'utf8').slice(-3000) : '');

function give(file: string, owner: Owner): void {
  if (owner.uid === undefined || owner.gid === undefined) return;
  chownSync(file, owner.uid, owner.gid);
  chmodSync(file, 0o600);
}
