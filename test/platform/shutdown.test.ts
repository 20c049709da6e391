import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { makeLog } from '../../src/platform/logger.ts';
import { closeAll, drain } from '../../src/platform/shutdown.ts';

describe('shutting down', () => {
  it('answers the request under way and takes no new one', async () => {
    let arrived: (res: ServerResponse) => void;
    const underWay = new Promise<ServerResponse>((resolve) => {
      arrived = resolve;
    });
    const server = createServer((_req, res) => arrived(res));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const answer = fetch(url).then((response) => response.text());
    const response = await underWay;
    const drained = drain(server);
    expect(await fetch(url).catch(() => 'refused')).to.equal('refused');
    response.end('whole');
    expect(await answer).to.equal('whole');
    await drained;
  });

  it('closes every part in order though one fails, and says that it was not clean', async () => {
    const closed: string[] = [];
    const part = (name: string, fails = false) => ({
      name,
      close: async () => {
        closed.push(name);
        if (fails) throw new Error('stuck');
      },
    });
    const log = makeLog('silent');
    expect(await closeAll(log, [part('web'), part('worker', true), part('postgres')])).to.equal(false);
    expect(closed).to.deep.equal(['web', 'worker', 'postgres']);
    expect(await closeAll(log, [part('web')])).to.equal(true);
  });
});
