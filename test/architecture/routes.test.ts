import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { permissions } from '../../config/permissions.ts';
import { access } from '../../src/access.ts';
import { makeApp } from '../../src/app.ts';
import type { DeclaredRoute } from '../../src/platform/web/router.ts';
import { crashesOnly } from '../support/log.ts';
import { makeWorld, ORIGIN, type World } from '../support/world.ts';

describe('the routes', () => {
  let world: World;
  let routes: readonly DeclaredRoute[];

  before(async () => {
    world = await makeWorld();
    routes = makeApp(world.house, { origin: ORIGIN, trustProxy: 0, log: crashesOnly }).routes;
  });
  after(() => world.close());

  it('each name a permission of the table', () => {
    expect(routes).to.have.lengthOf.above(5);
    const unknown = routes.filter(
      ({ permission }) => permission !== 'anyone' && !(permission in permissions),
    );
    expect(unknown).to.deep.equal([]);
  });

  it('are each declared once, because of two the second would never be asked', () => {
    const names = routes.map(({ method, path }) => `${method} ${path}`);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).to.deep.equal([]);
  });

  it('let nobody in who is not signed in, but where anyone may go', async () => {
    const open = new Set(
      [...access.rights.values()].filter((row) => row.who === 'anyone').map((row) => row.name),
    );
    const closed = routes.filter(({ permission }) => permission !== 'anyone' && !open.has(permission));
    const answers = [];
    for (const route of closed) answers.push({ ...route, ...(await ask(world, route)) });
    const letIn = answers.filter(({ method, status, location }) =>
      method === 'get' ? location !== '/sign-in' : status !== 403 && location !== '/sign-in',
    );
    expect(letIn).to.deep.equal([]);
  });
});

async function ask(world: World, { method, path }: DeclaredRoute) {
  const url = path.replace(/:[A-Za-z]+/g, () => randomUUID()).replace(/\{[^}]*\}/g, '');
  const visitor = world.visitor();
  const answer = await (method === 'get' ? visitor.get(url) : visitor.post(url)).redirects(0);
  return { status: answer.status, location: answer.headers['location'] };
}
