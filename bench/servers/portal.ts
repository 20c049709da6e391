// The portal's web process with everything on, as `main.ts` starts it; a bench may leave something out to measure it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeApp } from '../../src/app.ts';
import { startPageViews } from '../../src/audit/index.ts';
import { openHouse } from '../../src/house.ts';
import { makeLog } from '../../src/platform/logger.ts';
import { answerParent, settingsOfChild } from '../child.ts';
import { unrecorded } from '../unrecorded.ts';

const settings = settingsOfChild<{
  url: string;
  root: string;
  data: string;
  masterKey: string;
  without?: 'record' | 'page views';
}>();
// The level of production: a line a request.
const log = makeLog('info');
const house = openHouse({
  databaseUrl: settings.url,
  poolMax: 20,
  applicationName: 'bench-portal',
  masterKey: Buffer.from(settings.masterKey, 'hex'),
  folders: settings,
});
const runInTx: typeof house.runInTx =
  settings.without === 'record'
    ? (who, work) => house.runInTx(who, (ctx) => work(unrecorded(ctx)))
    : house.runInTx;
const onError = (error: unknown): void => log.error({ error }, 'page views');
const pageViews =
  settings.without === 'page views' ? {} : { pageViews: startPageViews({ runInTx, onError }) };
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { app } = makeApp({ ...house, runInTx }, { origin, trustProxy: 0, log, ...pageViews });
  server.on('request', app);
  answerParent({ origin });
});
