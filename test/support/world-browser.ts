import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext } from 'playwright-core';
import { makeApp } from '../../src/app.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { type Log, makeLog } from '../../src/platform/logger.ts';
import { openBrowser } from './browser.ts';
import { signInForTest } from './sign-in.ts';
import { makeWorld, type World } from './world.ts';

export type WorldBrowser = {
  readonly world: World;
  readonly origin: string;
  readonly browser: Browser;
  close(): Promise<void>;
};

/** A world served to a real browser. Passkeys belong to a name: an address of numbers can have none. */
export async function openWorldBrowser(log: Log = makeLog('silent')): Promise<WorldBrowser> {
  const world = await makeWorld();
  const server = createServer((req, res) => app(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { app } = makeApp(world.house, {
    origin,
    trustProxy: 0,
    readNow: () => world.now(),
    log,
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

/** Signs the actor in, in this browser context. */
export async function signInContext(
  { world, origin }: Pick<WorldBrowser, 'world' | 'origin'>,
  context: BrowserContext,
  actor: Actor,
): Promise<void> {
  const { cookie } = await signInForTest(world.house, actor, world.now());
  const [name = '', value = ''] = cookie.split('=');
  await context.addCookies([{ name, value, url: origin }]);
}
