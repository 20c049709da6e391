import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { Redis } from 'ioredis';
import nodemailer from 'nodemailer';
import { describeSettings, type RunningSettings } from '../config/settings.ts';
import { databaseRoles } from './platform/db/acting.ts';
import { openDatabase } from './platform/db/database.ts';
import { pendingMigrations } from './platform/db/migrate.ts';
import { say } from './progress.ts';
import { describedProvider } from './sign-in-settings.ts';

type Surroundings = { readonly embedded: boolean; readonly migrationsFolder: string };
/** What a check found; `advice` says what to do when it is not well. */
type Finding = { readonly state: 'good' | 'note' | 'wrong'; readonly what: string; readonly advice?: string };
type Check = (settings: RunningSettings, surroundings: Surroundings) => Promise<Finding>;

const good = (what: string): Finding => ({ state: 'good', what });
const note = (what: string, advice: string): Finding => ({ state: 'note', what, advice });
const wrong = (what: string, advice: string): Finding => ({ state: 'wrong', what, advice });

const PATIENCE_MS = 5_000;
const LOW_DISK_BYTES = 1024 ** 3;
const OLDEST_POSTGRES = 160_000;
const FONT = '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf';

const checks: Readonly<Record<string, Check>> = {
  Node: async () => {
    const major = Number(process.versions.node.split('.')[0]);
    const what = `Node ${process.versions.node}`;
    return major >= 24 ? good(what) : note(what, 'it works; Node 24 answers several times as many requests');
  },

  Database: async ({ databaseUrl }) => {
    const db = openDatabase({ url: databaseUrl, poolMax: 2, applicationName: 'portico-doctor' });
    try {
      const { rows } = await db.raw<{ rows: { number: number; version: string }[] }>(
        `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
      );
      const what = `PostgreSQL ${rows[0]?.version} answers`;
      return (rows[0]?.number ?? 0) >= OLDEST_POSTGRES
        ? good(what)
        : wrong(what, 'use PostgreSQL 16 or newer');
    } catch (error) {
      return wrong(
        messageOf(error),
        'see that DATABASE_URL is right and that the server lets this machine in',
      );
    } finally {
      await db.destroy();
    }
  },

  Migrations: async ({ databaseUrl }, { migrationsFolder }) => {
    const db = openDatabase({ url: databaseUrl, poolMax: 2, applicationName: 'portico-doctor' });
    try {
      const { length } = await pendingMigrations(db, migrationsFolder);
      return length === 0
        ? good('all have run')
        : wrong(`${length} have not run`, 'run npm run migrate (npm start does it too)');
    } catch (error) {
      return wrong(messageOf(error), 'put the database right first');
    } finally {
      await db.destroy();
    }
  },

  'Database roles': async ({ databaseUrl }) => {
    const db = openDatabase({ url: databaseUrl, poolMax: 2, applicationName: 'portico-doctor' });
    try {
      const { rows } = await db.raw<{ rows: { name: string; taken: boolean; inherited: boolean }[] }>(
        `SELECT name, COALESCE(pg_has_role(oid, 'SET'), false) AS taken,
                COALESCE(pg_has_role(oid, 'USAGE') AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user), false)
                  AS inherited
           FROM unnest(?::text[]) AS name LEFT JOIN pg_roles ON rolname = name`,
        [Object.keys(databaseRoles)],
      );
      const namesOf = (which: typeof rows): string => which.map(({ name }) => name).join(', ');
      const missing = rows.filter(({ taken }) => !taken);
      if (missing.length > 0)
        return wrong(
          `cannot act as ${namesOf(missing)}`,
          'run npm run migrate, which makes them or says how',
        );
      const inherited = rows.filter((role) => role.inherited);
      return inherited.length === 0
        ? good('each supplier is kept to its own rows')
        : wrong(`has the rights of ${namesOf(inherited)} always`, 'GRANT them WITH INHERIT FALSE, SET TRUE');
    } catch (error) {
      return wrong(messageOf(error), 'put the database right first');
    } finally {
      await db.destroy();
    }
  },

  'Job queues': async ({ redisUrl }) => {
    if (redisUrl === null) return good('in PostgreSQL');
    const redis = new Redis(redisUrl, {
      lazyConnect: true,
      maxRetriesPerRequest: 0,
      connectTimeout: PATIENCE_MS,
      retryStrategy: () => null,
    });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as [string, string];
      return policy === 'noeviction'
        ? good('Redis answers')
        : wrong(`Redis may drop jobs (maxmemory-policy ${policy})`, 'set maxmemory-policy noeviction');
    } catch (error) {
      return wrong(
        `Redis: ${messageOf(error)}`,
        'see that REDIS_URL is right and that Redis lets this machine in',
      );
    } finally {
      redis.disconnect();
    }
  },

  Mail: async ({ smtpUrl }) => {
    if (smtpUrl === null) return good('built-in mailbox');
    const transport = nodemailer.createTransport({
      url: smtpUrl,
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
    });
    try {
      await transport.verify();
      return good('the mail server takes us');
    } catch (error) {
      return wrong(
        `mail server: ${messageOf(error)}`,
        'see that SMTP_URL has the right host, port, user and password',
      );
    } finally {
      transport.close();
    }
  },

  'Data folder': async ({ dataDir }) => {
    try {
      mkdirSync(dataDir, { recursive: true });
      accessSync(dataDir, constants.R_OK | constants.W_OK);
    } catch (error) {
      return wrong(messageOf(error), `let the user who runs Portico write to ${dataDir}, or set DATA_DIR`);
    }
    const disk = statfsSync(dataDir);
    const freeBytes = disk.bavail * disk.bsize;
    const what = `${dataDir} is writable, ${(freeBytes / 1024 ** 3).toFixed(1)} GB free`;
    return freeBytes >= LOW_DISK_BYTES
      ? good(what)
      : wrong(what, 'make room: files and the embedded database grow here');
  },

  Fonts: async () => {
    const isThere = existsSync(resolved(FONT));
    return isThere
      ? good('the font of PDF documents is there')
      : wrong('the font of PDF documents is missing', 'run npm ci');
  },

  Address: async ({ origin, port, host }) => {
    const { hostname, protocol } = new URL(origin);
    const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    if (!isLocal && protocol === 'http:')
      return wrong(
        `${origin} is not encrypted`,
        'put a reverse proxy with a certificate in front and write https:// in ORIGIN',
      );
    if (!isLocal && host === '127.0.0.1')
      return note(
        `only this machine reaches ${host}:${port}`,
        'right behind a reverse proxy on this machine; else set HOST=0.0.0.0',
      );
    return good(
      (await isTaken(port)) ? `${origin}; somebody (perhaps Portico) listens on port ${port}` : origin,
    );
  },

  'Reverse proxy': async ({ origin, trustProxy }) =>
    origin.startsWith('https:') && trustProxy === 0
      ? note(
          'ORIGIN is https and TRUST_PROXY is 0',
          'set TRUST_PROXY to the number of proxies in front, so that addresses of visitors are right',
        )
      : good(`${trustProxy} trusted`),

  'Staff sign-in': async ({ saml, developmentIdp }) => {
    try {
      const idp = saml.idp ?? describedProvider(saml.idpMetadata);
      if (idp !== null) return good(`${idp.issuer}, ${idp.certificates.length} certificate(s)`);
    } catch (error) {
      return wrong(messageOf(error), 'save what the provider shows as its metadata in that file');
    }
    return developmentIdp
      ? note(
          'built-in identity provider: anybody may sign in as anybody',
          'fine for trying; set SAML_IDP_* for real work',
        )
      : wrong(
          'staff cannot sign in',
          'set SAML_IDP_ENTRY_POINT, SAML_IDP_ISSUER and SAML_IDP_CERTIFICATE_FILES',
        );
  },
};

/** Prints the settings without secrets and what is wrong with the surroundings; true when nothing is. */
export async function examine(settings: RunningSettings, surroundings: Surroundings): Promise<boolean> {
  const shown = surroundings.embedded ? { ...settings, databaseUrl: null } : settings;
  say('\nSettings');
  for (const { name, value } of describeSettings(shown)) say(`  ${name.padEnd(16)}  ${value}`);
  say('\nChecks');
  let wrongCount = 0;
  for (const [name, check] of Object.entries(checks)) {
    const { state, what, advice } = await check(settings, surroundings);
    if (state === 'wrong') wrongCount += 1;
    say(`  ${{ good: 'ok   ', note: 'note ', wrong: 'WRONG' }[state]}  ${name.padEnd(14)}  ${what}`);
    if (advice !== undefined) say(`${' '.repeat(25)}→ ${advice}`);
  }
  say(wrongCount === 0 ? '\nAll is well.' : `\n${wrongCount} to put right.`);
  return wrongCount === 0;
}

function resolved(file: string): string {
  try {
    return createRequire(import.meta.url).resolve(file);
  } catch {
    return '';
  }
}

const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
