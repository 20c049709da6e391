import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type House, openHouse } from '../src/house.ts';
import type { Actor, Role } from '../src/kernel/actor.ts';
import { type Database, openDatabase } from '../src/platform/db/database.ts';
import { migrate } from '../src/platform/db/migrate.ts';
import { ensureDatabase } from '../src/platform/embedded/database.ts';
import { startPostgres } from '../src/platform/embedded/postgres.ts';
import { signInForTest } from '../test/support/sign-in.ts';
import { type Child, startChild } from './child.ts';
import { fillOrders } from './data.ts';

export type Server = Child<{ origin: string }>;
export type Session = { readonly cookie: string; readonly csrfToken: string };

/** One database with the portal on it. */
export type Stage = {
  readonly url: string;
  /** What a process of its own needs to open the same house. */
  readonly settings: {
    readonly url: string;
    readonly root: string;
    readonly data: string;
    readonly masterKey: string;
  };
  readonly db: Database;
  readonly house: House;
  signIn(actor: Actor): Promise<Session>;
  /** A portal as in production, in a process of its own; without one part of it to measure that. */
  startPortal(without?: 'record' | 'page views'): Promise<Server>;
  /** Express with the same SQL and nothing else. */
  startBare(): Promise<Server>;
};

export type Cluster = {
  stage(name: string, fill: (stage: Stage) => Promise<void>): Promise<Stage>;
  stop(): Promise<void>;
};

const root = path.join(import.meta.dirname, '..');
const MASTER_KEY = Buffer.alloc(32, 7);

/** A PostgreSQL of its own in a temporary folder, durable as in production. Stages are made once. */
export async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(path.join(tmpdir(), 'portico-bench-'));
  const server = await startPostgres({ folder: path.join(folder, 'postgres') });
  const stages = new Map<string, Promise<Stage>>();
  return {
    stage(name, fill) {
      const known = stages.get(name);
      if (known !== undefined) return known;
      const fresh = makeStage({ server, name, folder, fillWith: fill });
      stages.set(name, fresh);
      return fresh;
    },
    async stop() {
      for (const stage of stages.values()) {
        await (await stage).house.close();
        await (await stage).db.destroy();
      }
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function makeStage(of: {
  server: { urlOf(database: string): string };
  name: string;
  folder: string;
  fillWith(stage: Stage): Promise<void>;
}): Promise<Stage> {
  await ensureDatabase(of.server.urlOf('postgres'), of.name);
  const settings = {
    url: of.server.urlOf(of.name),
    root,
    data: path.join(of.folder, of.name),
    masterKey: MASTER_KEY.toString('hex'),
  };
  const house = openHouse({
    databaseUrl: settings.url,
    poolMax: 10,
    applicationName: 'bench',
    masterKey: MASTER_KEY,
    folders: settings,
  });
  mkdirSync(settings.data, { recursive: true });
  const db = openDatabase({ url: settings.url, poolMax: 10, applicationName: 'bench-owner' });
  await migrate(db, path.join(root, 'migrations'));
  const stage: Stage = {
    url: settings.url,
    settings,
    db,
    house,
    signIn: (actor) => signInForTest(house, actor, new Date()),
    startPortal: (without) => startChild('servers/portal.ts', { ...settings, without }),
    startBare: () => startChild('servers/bare.ts', settings),
  };
  await of.fillWith(stage);
  return stage;
}

/** A stage with this many orders, made once a run. */
export const stageOfOrders = (cluster: Cluster, orders: number): Promise<Stage> =>
  cluster.stage(`orders_${orders}`, (stage) => fillOrders(stage.db, orders));

/** The account of this name as an actor. */
export async function actorNamed(stage: Stage, name: string): Promise<Actor> {
  const row = await stage.db('user_account').where({ name }).first();
  const roles = await stage.db('user_role').where({ user_id: row.id }).pluck<Role[]>('role');
  return { kind: row.kind, userId: row.id, name, roles, supplierId: row.supplier_id };
}
