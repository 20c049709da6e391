import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { makeApp } from '../../src/app.ts';
import { makeLog } from '../../src/platform/logger.ts';
import { openBrowser } from './browser.ts';
import { makeWorld, type World } from './world.ts';

export type PasskeyBrowser = {
  readonly world: World;
  readonly origin: string;
  readonly browser: Browser;
  close(): Promise<void>;
};

/** A world served to a real browser. Passkeys belong to a name: an address of numbers can have none. */
export async function openPasskeyBrowser(): Promise<PasskeyBrowser> {
  const world = await makeWorld();
  const server = createServer((req, res) => app(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { app } = makeApp(world.house, {
    origin,
    trustProxy: 0,
    readNow: () => world.now(),
    log: makeLog('silent'),
  });
  const browser = await openBrowser();
  return {
    world,
    origin,
    browser,
    async close() {
      await browser.close();
      server.close();
      await world.close();
    },
  };
}

/** Gives the page an authenticator that says yes by itself, as a finger would. */
export async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
