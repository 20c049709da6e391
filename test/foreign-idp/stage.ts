import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { readSettings } from '../../config/settings.ts';
import { makeLog } from '../../src/platform/logger.ts';
import { openPortal, type Portal } from '../../src/portal.ts';
import { openBrowser } from '../support/browser.ts';
import { createTestDatabase } from '../support/database.ts';
import { type Provider, startProvider } from './provider.ts';

export const ROLES = 'purchasing=buyer,controlling=finance,heads=requester';
const LONGEST_PAGE_MS = 45_000;

export type Stage = {
  readonly origin: string;
  readonly provider: Provider;
  /** Asks the portal's database. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** The portal anew, at the same address and on the same data, with these settings over the usual ones. */
  restart(over?: PortalSettings): Promise<void>;
  /** The provider's own view of the portal's metadata is brought up to date. */
  introduce(options?: Parameters<Provider['trust']>[1]): Promise<void>;
  /** A browser that nobody has used yet. */
  openPage(locale?: string): Promise<Page>;
  close(): Promise<void>;
};
export type PortalSettings = {
  readonly certificates?: readonly string[];
  readonly entityId?: string;
  /** All of the provider from the metadata it shows. */
  readonly byMetadata?: boolean;
};

/** The whole portal at 127.0.0.1 and the provider at localhost: two sites, as in life. */
export async function openStage(unpacked: string): Promise<Stage> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'portico-foreign-'));
  const provider = await startProvider(unpacked);
  const browser = await openBrowser();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  let portal: Portal | undefined;
  const server = createServer((req, res) => (portal as Portal).app(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const contexts: BrowserContext[] = [];
  const stage: Stage = {
    origin,
    provider,
    query: async (sql, values = []) => (await client.query(sql, values)).rows,
    async restart(over = {}) {
      await portal?.close();
      const environment = await environmentFor({ provider, folder, over });
      const settings = readSettings(
        { NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: folder, ORIGIN: origin, ...environment },
        { dataDirDefault: folder },
      );
      portal = await openPortal({ ...settings, databaseUrl: database.url }, makeLog('silent'));
    },
    introduce: async (options) =>
      provider.trust(await (await fetch(`${origin}/saml/metadata`)).text(), options),
    openPage: (locale = 'en') => openPage(browser, { contexts, locale }),
    async close() {
      for (const context of contexts) await context.close();
      await browser.close();
      await provider.close();
      server.close();
      server.closeAllConnections();
      await portal?.close();
      await client.end();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await stage.restart();
  await stage.introduce();
  return stage;
}

async function openPage(
  browser: Browser,
  { contexts, locale }: { contexts: BrowserContext[]; locale: string },
): Promise<Page> {
  const context = await browser.newContext({ locale });
  contexts.push(context);
  context.setDefaultTimeout(LONGEST_PAGE_MS);
  return context.newPage();
}

async function environmentFor(of: {
  provider: Provider;
  folder: string;
  over: PortalSettings;
}): Promise<Record<string, string>> {
  const { provider, folder, over } = of;
  if (over.byMetadata === true) {
    const file = path.join(folder, 'provider.xml');
    await writeFile(file, await (await fetch(provider.issuer)).text());
    return { SAML_IDP_METADATA_FILE: file, SAML_ROLES: ROLES };
  }
  const files: string[] = [];
  for (const [at, certificate] of (over.certificates ?? [provider.certificates[0]]).entries()) {
    files.push(path.join(folder, `provider-${at}.crt`));
    await writeFile(files.at(-1) ?? '', certificate);
  }
  return {
    SAML_IDP_ENTRY_POINT: provider.entryPoint,
    SAML_IDP_ISSUER: provider.issuer,
    SAML_IDP_LOGOUT_URL: provider.logoutUrl,
    SAML_IDP_CERTIFICATE_FILES: files.join(','),
    SAML_ROLES: ROLES,
    ...(over.entityId === undefined ? {} : { SAML_ENTITY_ID: over.entityId }),
  };
}
