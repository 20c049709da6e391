import { expect } from 'chai';
import { access } from '../../src/access.ts';
import { makeApp } from '../../src/app.ts';
import type { RightRow } from '../../src/kernel/access.ts';
import { staffRoles, supplierRoles } from '../../src/kernel/actor.ts';
import type { DeclaredRoute } from '../../src/platform/web/router.ts';
import { crashesOnly } from '../support/log.ts';
import { makeWorld, ORIGIN, type World } from '../support/world.ts';

const rows = [...access.rights.values()];
const has = (row: RightRow, role: string): boolean =>
  row.who === 'signed-in' || row.who === 'anyone' || row.who.some((one) => one === role);

describe('what no role may be given', () => {
  let world: World;
  let routes: readonly DeclaredRoute[];
  before(async () => {
    world = await makeWorld();
    routes = makeApp(world.house, { origin: ORIGIN, trustProxy: 0, log: crashesOnly }).routes;
  });
  after(() => world.close());

  it('lets an auditor write nothing but what is its own: preferences, ways to sign in, files asked for', () => {
    const writing = routes
      .filter(({ method, permission }) => method === 'post' && permission !== 'anyone')
      .map(({ permission }) => access.rights.get(permission))
      .filter((row) => row !== undefined && has(row, 'auditor'));
    const notOwn = writing.filter((row) => row?.whose !== 'own').map((row) => row?.name);
    expect([...new Set(notOwn)]).to.deep.equal([]);
    expect([...new Set(writing.map((row) => row?.name))]).to.have.members([
      'preferences.change',
      'password.set',
      'security.manage',
      'security.change',
      'proof.give',
      'delegation.read',
      'address.change',
      'notification.read',
      'report.export',
    ]);
  });

  it('shows an administrator no bid, price, order or invoice, and lets it approve nothing', () => {
    const shut =
      /^(bid|opening|comparison|award|sourcing_event|order|delivery|despatch|invoice|report|dispute|audit)\./;
    expect(rows.filter((row) => has(row, 'administrator') && shut.test(row.name))).to.deep.equal([]);
    const acts = rows.filter((row) => has(row, 'administrator')).flatMap((row) => row.acts);
    expect(acts.map((act) => act.name)).to.deep.equal([]);
  });

  it('mixes no role of ours and of a supplier, but where documents are shared by both', () => {
    const mixed = rows.filter(
      ({ who }) =>
        Array.isArray(who) &&
        staffRoles.some((role) => who.includes(role)) &&
        supplierRoles.some((role) => who.includes(role)),
    );
    // Where a supplier is paid lies in no plant and no category.
    const ofNoPlace = ['bank_account.read'];
    for (const row of mixed)
      expect(row.whose, row.name).to.equal(ofNoPlace.includes(row.name) ? 'all' : 'in-scope');
  });

  it('gives nobody a right that no route, page or act asks for', () => {
    const asked = new Set(routes.map(({ permission }) => permission));
    // Asked for by pages, or by routes that this world does without.
    const elsewhere = [
      'requisition.oversee',
      'timeline.see',
      'delegation.oversee',
      'queues.see',
      'queues.retry',
    ];
    const unasked = rows.map((row) => row.name).filter((name) => !asked.has(name));
    expect(unasked.filter((name) => !elsewhere.includes(name))).to.deep.equal([]);
  });
});
