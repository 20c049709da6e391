// The portal's web process with everything on, as `main.ts` starts it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeApp } from '../../src/app.ts';
import { openHouse } from '../../src/house.ts';
import { makeLog } from '../../src/platform/logger.ts';
import { answerParent, settingsOfChild } from '../child.ts';

const settings = settingsOfChild<{ url: string; root: string; data: string; masterKey: string }>();
// The level of production: a line a request.
const log = makeLog('info');
const house = openHouse({
  databaseUrl: settings.url,
  poolMax: 20,
  applicationName: 'bench-portal',
  masterKey: Buffer.from(settings.masterKey, 'hex'),
  folders: settings,
});
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { app } = makeApp(house, { origin, trustProxy: 0, log });
  server.on('request', app);
  answerParent({ origin });
});
