import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { databaseUrlOf } from '../notifications/support.ts';
import { makeWorld, type World } from '../support/world.ts';
import { makeProgram, type Program } from './program.ts';

describe('the program told to end', function () {
  this.timeout(90_000);
  let world: World;
  let program: Program;

  before(async () => {
    world = await makeWorld();
    program = await makeProgram(world, await databaseUrlOf(world));
    await program.start();
  });
  after(async () => {
    await program.kill();
    await world.close();
  });

  it('answers the request under way, takes no new one, and ends well', async () => {
    const body = 'email=somebody%40supplier.example&password=not+the+right+one';
    const underWay = request(`${program.origin}/sign-in`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length },
    });
    underWay.write(body.slice(0, 20));
    // The head must have arrived before the signal does.
    await sleep(300);
    const ended = program.terminate();
    await refusesConnections();
    underWay.end(body.slice(20));
    const [answer] = (await once(underWay, 'response')) as [{ statusCode: number; resume(): void }];
    answer.resume();
    // Refused, for want of a form's token, but answered.
    expect(answer.statusCode).to.equal(403);
    expect(await ended).to.equal(0);
  });

  async function refusesConnections(): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      const isOpen = await fetch(`${program.origin}/healthz`, { headers: { connection: 'close' } }).then(
        () => true,
        () => false,
      );
      if (!isOpen) return;
      await sleep(50);
    }
    throw new Error('It still takes requests');
  }
});
