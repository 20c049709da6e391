import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '../../config/settings.ts';
import { createCategory, createItems, createPlant } from '../../src/catalog/index.ts';
import { supplierRoles, system } from '../../src/kernel/actor.ts';
import type { Ctx, RunInTx } from '../../src/platform/db/context.ts';
import { databaseClock } from '../../src/platform/db/transaction.ts';
import type { Locale } from '../../src/platform/i18n/catalogue.ts';
import { drain } from '../../src/platform/shutdown.ts';
import { openPortal } from '../../src/portal.ts';
import { addSupplierContact, registerSupplier } from '../../src/suppliers/index.ts';
import { createTestDatabase } from './database.ts';
import { realBidders, realLines } from './real-lines.ts';

export type RunningPortal = {
  readonly origin: string;
  readonly databaseUrl: string;
  /** Acts as the system in a transaction of its own. */
  runAsSystem<T>(work: (ctx: Ctx) => Promise<T>): Promise<T>;
  now(): Date;
  /** Moves the portal's clock on; whatever is due then is done by the jobs themselves. */
  travel(by: { days?: number; hours?: number; minutes?: number }): void;
  /** What the process would have logged as a warning or an error. */
  readonly complaints: readonly object[];
  close(): Promise<void>;
};

const MINUTE_MS = 60_000;

/**
 * The whole program in this process, as `npm start` runs it: web and worker on a database of its own, the
 * development identity provider, the built-in mailbox, queues in PostgreSQL. Only its clock can be moved.
 */
export async function startPortal({ locale = 'en' }: { locale?: Locale } = {}): Promise<RunningPortal> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'portico-journey-'));
  const server = createServer();
  const origin = await listen(server);
  const settings = readSettings(
    {
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      ORIGIN: origin,
      DEVELOPMENT_IDP: 'on',
    },
    { dataDirDefault: dataDir },
  );
  const complaints: object[] = [];
  const complain = (facts: object, message?: string) => void complaints.push({ message, ...facts });
  let aheadMs = 0;
  const portal = await openPortal(
    { ...settings, databaseUrl: database.url },
    { info() {}, debug() {}, warn: complain, error: complain },
    {
      clock: { read: async (tx) => new Date((await databaseClock.read(tx)).getTime() + aheadMs) },
      readNow: () => new Date(Date.now() + aheadMs),
    },
  );
  await enterMasterData(portal.runInTx, locale);
  const worker = await portal.startWorker();
  server.on('request', portal.app);
  return {
    origin,
    databaseUrl: database.url,
    runAsSystem: (work) => portal.runInTx({ actor: system('test') }, work),
    now: () => new Date(Date.now() + aheadMs),
    travel({ days = 0, hours = 0, minutes = 0 }) {
      aheadMs += ((days * 24 + hours) * 60 + minutes) * MINUTE_MS;
    },
    complaints,
    async close() {
      await drain(server, () => server.closeAllConnections());
      await worker.close();
      await portal.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}

/** Plants, categories, items and the suppliers of the real competition, by the use-cases that enter them. */
async function enterMasterData(runInTx: RunInTx, locale: Locale): Promise<void> {
  await runInTx({ actor: system('test') }, async (ctx) => {
    await createCategory(ctx, { code: 'ROAD', nameEn: 'Roads and paving', nameZh: '道路与铺装工程' });
    await createPlant(ctx, {
      code: 'QD01',
      nameEn: 'Qingdao',
      nameZh: '青岛工厂',
      addressLines: ['1 Hailan Road', 'Laoshan District', '266101 Qingdao', 'China'],
      timeZone: 'Asia/Shanghai',
    });
    await createItems(
      ctx,
      realLines.map((line) => ({
        code: line.itemCode,
        description: line.description,
        unit: 'STN' as const,
        categoryCode: 'ROAD',
      })),
    );
    for (const bidder of Object.values(realBidders)) {
      const supplierId = await registerSupplier(ctx, {
        name: bidder.name,
        country: 'US',
        addressLines: ['Indianapolis, IN'],
        taxId: null,
        language: locale,
      });
      await addSupplierContact(ctx, {
        supplierId,
        ...bidder.contact,
        phone: null,
        isPrimary: true,
        roles: supplierRoles,
        locale,
        timeZone: 'America/Indiana/Indianapolis',
      });
    }
  });
}
