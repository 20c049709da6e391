import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { freshProof } from '../../config/fresh-proof.ts';
import { makeApp } from '../../src/app.ts';
import type { Role } from '../../src/kernel/actor.ts';
import { staffRoles } from '../../src/kernel/actor.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { crashesOnly } from '../support/log.ts';
import { makeWorld, ORIGIN, type Visitor, type World } from '../support/world.ts';

/** Wait for the proof once they hold, which none of these does: that a right one waits stands in proving.web.test.ts. */
const CHECKED_FIRST: readonly string[] = ['/events/:eventId/award'];

describe('every act that needs a fresh proof', () => {
  let world: World;
  const visitors: Visitor[] = [];
  before(async () => {
    world = await makeWorld();
    for (const role of staffRoles) visitors.push(await world.as(await world.staff(role)));
    visitors.push(await world.as((await makeSupplier(world)).actor));
    world.setNow(new Date(world.now().getTime() + 5 * 60_000).toISOString());
  });
  after(() => world.close());

  it('is held back after five minutes, for everybody who may do it, and done by nobody', async () => {
    const { routes } = makeApp(world.house, { origin: ORIGIN, trustProxy: 0, log: crashesOnly });
    const acts = routes.filter(
      ({ method, permission }) => method === 'post' && freshProof.some((one) => one === permission),
    );
    expect(new Set(acts.map((act) => act.permission))).to.deep.equal(new Set(freshProof));
    const before = await world.db('event').count();
    const answers: string[] = [];
    for (const { path } of acts)
      for (const visitor of visitors) {
        const url = path.replace(/:[A-Za-z]+/g, () => randomUUID()).replace(/\{[^}]*\}/g, '');
        const { status, headers } = await visitor.post(url, { some: 'thing' });
        const isHeld = status === 303 && String(headers['location']).startsWith('/proof?form=');
        const isRefused = status === 403 || status === 404;
        if (!isHeld && !isRefused) answers.push(`${path} as ${rolesOf(visitor).join('+')}: ${status}`);
        if (isHeld) held.add(path);
      }
    expect(answers).to.deep.equal([]);
    const atOnce = acts.map((act) => act.path).filter((path) => !CHECKED_FIRST.includes(path));
    expect([...held].toSorted()).to.deep.equal([...new Set(atOnce)].toSorted());
    expect(await world.db('event').count()).to.deep.equal(before);
  });
  const held = new Set<string>();
  const rolesOf = (visitor: Visitor): readonly Role[] => visitor.actor.roles;
});
