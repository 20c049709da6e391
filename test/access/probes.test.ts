import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { permissions } from '../../config/permissions.ts';
import { makeApp } from '../../src/app.ts';
import { replaceScope } from '../../src/identity/index.ts';
import type { AccessRules, Right } from '../../src/kernel/access.ts';
import { type Actor, type Role, staffRoles, supplierRoles, system } from '../../src/kernel/actor.ts';
import type { DeclaredRoute } from '../../src/platform/web/router.ts';
import { crashesOnly } from '../support/log.ts';
import { testSignIn } from '../support/saml.ts';
import { signInForTest } from '../support/sign-in.ts';
import { makeWorld, ORIGIN, type World } from '../support/world.ts';
import { makeOwnThings, makeSides, type Objects, objectsOf, type Params, type Probed } from './objects.ts';

/**
 * Every route × every role × {own, another's, missing} object. The routes are the router's own; what should
 * happen is read from the table of rights here, a second time and without the code that decides.
 */
const rules: AccessRules = permissions;
const rightOf = (name: string): Required<Omit<Right, 'acts'>> => {
  const rule = rules[name];
  if (rule === undefined) throw new Error(`No row for ${name}`);
  const { who, whose = 'in-scope' }: Right = typeof rule === 'object' && 'who' in rule ? rule : { who: rule };
  return { who, whose };
};
const isFor = (name: string, role: Role | 'visitor'): boolean => {
  const { who } = rightOf(name);
  return who === 'anyone' || (role !== 'visitor' && (who === 'signed-in' || who.includes(role)));
};

/** Whom nothing is hidden from, wherever it lies. */
const unlimited: readonly string[] = ['auditor', 'administrator'];
type Which = 'own' | 'others' | 'missing';
type Outcome = 'let in' | 'asked to sign in' | 'forbidden' | 'missing' | 'crashed';

function expected(route: DeclaredRoute, role: Role | 'visitor', which: Which, needs?: string): Outcome {
  if (role === 'visitor') return isFor(route.permission, role) ? 'let in' : 'asked to sign in';
  const isSupplier = supplierRoles.some((one) => one === role);
  if (!isFor(route.permission, role)) return isSupplier ? 'missing' : 'forbidden';
  if (which === 'missing') return 'missing';
  if (needs !== undefined && !isFor(needs, role)) return 'missing';
  if (which === 'own') return 'let in';
  const { whose } = rightOf(route.permission);
  if (whose === 'all') return 'let in';
  return !isSupplier && whose === 'in-scope' && unlimited.includes(role) ? 'let in' : 'missing';
}

/** What is open to anyone, written out: another such route is a decision, not an accident. */
const openRoutes: readonly string[] = [
  'GET /sign-in',
  'POST /sign-in',
  'GET /sign-in/link/:token',
  'POST /sign-in/link/:token',
  'GET /sign-in/new-link',
  'POST /sign-in/new-link',
  'GET /sign-in/new-link/sent',
  'GET /sign-in/second-step',
  'POST /sign-in/second-step',
  'POST /sign-in/passkey/options',
  'POST /sign-in/passkey',
  'POST /sign-out',
  'GET /signed-out',
  'GET /saml/login',
  'POST /saml/acs',
  'GET /saml/finish',
  'POST /saml/finish',
  'GET /saml/slo',
  'GET /saml/metadata',
  'GET /development-idp/sso',
  'POST /development-idp/sso',
  'GET /development-idp/slo',
  'GET /l/:token',
  'GET /l',
  'POST /l',
  'POST /l/renewal',
  'GET /l/sent',
  'GET /l/sign-in',
  'POST /l/sign-in',
  'GET /l/sign-in/sent',
  'GET /address/revert/:token',
  'POST /address/revert/:token',
  'GET /address/reverted',
  'GET /mailbox',
  'GET /mailbox/:messageId',
  'GET /mailbox/:messageId/html',
  'GET /mailbox/:messageId/attachments/:index',
];
/** Where staff have no business though they are signed in: they prove who they are at their identity provider. */
const onlyForSuppliers = /^\/(sign-in\/password|address|security\/(address|passkeys))/;

type Prober = {
  readonly role: Role | 'visitor';
  readonly cookie: string;
  readonly csrfToken: string;
  readonly of: Probed;
};
type Probe = { readonly route: DeclaredRoute; readonly which: Which; readonly objects: Objects | null };
type Answer = { readonly outcome: Outcome; readonly status: number; readonly body: string };

describe('every route, for every role, with every kind of object', () => {
  let world: World;
  let server: Server;
  let routes: readonly DeclaredRoute[];
  const probers: Prober[] = [];

  before(async function () {
    this.timeout(120_000);
    world = await makeWorld();
    const { own, others } = await makeSides(world);
    const stranger = await world.staff('finance');
    const theirs = await makeOwnThings(world, stranger, { plantCode: 'NB02', categoryCode: 'CAST' });
    const anybody = {
      userId: (await world.staff('requester')).userId ?? '',
      recordId: String((await world.db('event').first('id')).id),
    };
    for (const role of [...staffRoles, ...supplierRoles]) {
      const person = await personWith(role, own.supplierId);
      const mine = await makeOwnThings(world, person);
      const session = await signInForTest(world.house, person, world.now());
      probers.push({ role, ...session, of: { own, others, mine, theirs, anybody } });
    }
    const [first] = probers;
    if (first !== undefined) probers.push({ ...first, role: 'visitor', cookie: '', csrfToken: '' });
    const made = makeApp(world.house, {
      origin: ORIGIN,
      trustProxy: 0,
      log: crashesOnly,
      signIn: testSignIn(),
      showsMailbox: true,
      readNow: world.now,
    });
    routes = made.routes.filter(({ permission }) => permission !== 'anyone');
    expect(
      made.routes.filter(({ permission }) => permission === 'anyone').map(nameOf),
      'a route that is open to anyone is written down in test/access/probes.test.ts',
    ).to.have.members(openRoutes);
    server = createServer(made.app);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await world.close();
  });

  async function personWith(role: Role, supplierId: string): Promise<Actor> {
    const asStaff = staffRoles.find((one) => one === role);
    if (asStaff === undefined) return world.supplierUser(supplierId, role as (typeof supplierRoles)[number]);
    const person = await world.staff(asStaff);
    await world.runInTx(system('test'), (ctx) =>
      replaceScope(ctx, person.userId ?? '', { plants: ['QD01'], categories: ['MACH'] }),
    );
    return person;
  }

  const nameOf = ({ method, path }: DeclaredRoute): string => `${method.toUpperCase()} ${path}`;

  function probesOf(prober: Prober): Probe[] {
    return routes.flatMap((route): Probe[] => {
      if (!route.path.includes(':')) return [{ route, which: 'own', objects: null }];
      const objects = objectsOf(route.path, prober.of);
      if (objects === undefined) return [];
      const kinds = (['own', 'others', 'missing'] as const).filter(
        (which) => which === 'missing' || objects[which] !== null,
      );
      return kinds.map((which) => ({ route, which, objects }));
    });
  }

  async function ask(prober: Prober, { route, which, objects }: Probe): Promise<Answer> {
    const params: Params = paramsOf(route, which, objects);
    const path = route.path.replaceAll(/:([A-Za-z]+)/g, (_, name: string) => params[name] ?? `no-${name}`);
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: route.method.toUpperCase(),
      redirect: 'manual',
      headers: { cookie: prober.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      ...(route.method === 'post' ? { body: `_csrf=${encodeURIComponent(prober.csrfToken)}` } : {}),
    });
    const body = withoutNames(await answer.text(), params);
    const { status } = answer;
    return { status, body, outcome: outcomeOf(status, body, answer.headers.get('location')) };
  }

  it('is probed with objects that somebody has made', () => {
    expect(routes).to.have.lengthOf.above(90);
    const [prober] = probers;
    const unknown = routes.filter(
      ({ path }) => path.includes(':') && prober !== undefined && objectsOf(path, prober.of) === undefined,
    );
    expect(
      unknown.map(nameOf),
      'nobody says what these are about: add their objects to objectsByPath in test/access/objects.ts',
    ).to.deep.equal([]);
  });

  for (const role of ['visitor', ...staffRoles, ...supplierRoles] as const)
    it(`gives ${role} what the table of rights says`, async function () {
      this.timeout(60_000);
      const prober = probers.find((one) => one.role === role);
      if (prober === undefined) throw new Error('no prober');
      const wrong: string[] = [];
      const missing = new Map<string, Answer>();
      const others: [string, Answer][] = [];
      const check = async (probe: Probe): Promise<void> => {
        const wanted = wantedOf(probe, role);
        if (wanted === null) return;
        const answer = await ask(prober, probe);
        const name = nameOf(probe.route);
        if (answer.outcome !== wanted)
          wrong.push(`${name} (${probe.which}): ${wanted} expected, ${answer.outcome} (${answer.status})`);
        if (probe.which === 'missing') missing.set(name, answer);
        if (probe.which === 'others' && wanted === 'missing') others.push([name, answer]);
      };
      const probes = probesOf(prober);
      // What is refused changes nothing, so it can be asked at once; what is let in, one after the other.
      await inTurns(
        probes.filter((one) => one.which !== 'own'),
        8,
        check,
      );
      await inTurns(
        probes.filter((one) => one.which === 'own'),
        1,
        check,
      );
      expect(wrong).to.deep.equal([]);
      for (const [name, { status, body }] of others)
        expect({ status, body }, `${name} tells another's from what does not exist`).to.deep.equal({
          status: missing.get(name)?.status,
          body: missing.get(name)?.body,
        });
    });
});

function wantedOf({ route, which, objects }: Probe, role: Role | 'visitor'): Outcome | null {
  const isStaff = staffRoles.some((one) => one === role);
  if (isStaff && onlyForSuppliers.test(route.path)) return null;
  // A visitor's form has a token of its own, which test/identity/visitors has.
  if (role === 'visitor' && route.path === '/preferences') return null;
  const wanted = expected(route, role, which, objects?.needs);
  if (wanted === 'missing' && which === 'missing' && objects?.isFormFirst === true) return null;
  return wanted === 'let in' && objects?.mayBeGone === true ? null : wanted;
}

/** A missing object has ids that nothing bears; its file names stay. */
function paramsOf(route: DeclaredRoute, which: Which, objects: Objects | null): Params {
  const known = objects?.own ?? {};
  if (which === 'own') return known;
  if (which === 'others') return objects?.others ?? {};
  const names = [...route.path.matchAll(/:([A-Za-z]+)/g)].map((match) => match[1] ?? '');
  return Object.fromEntries(
    names.map((name) => [name, name.endsWith('Id') ? randomUUID() : (known[name] ?? randomUUID())]),
  );
}

const withoutNames = (text: string, params: Params): string =>
  Object.values(params)
    .reduce((body, value) => body.replaceAll(value, 'X'), text)
    .replaceAll(/name="_csrf" value="[^"]*"/g, '');

function outcomeOf(status: number, body: string, location: string | null): Outcome {
  if (status >= 500) return 'crashed';
  if (location === '/sign-in') return 'asked to sign in';
  // Gone is what a secret that nobody was mailed looks like.
  if (status === 404 || status === 410) return 'missing';
  if (status === 403 && body.includes('data-code="form.token-expired"')) return 'asked to sign in';
  return status === 403 && body.includes('data-code="page.forbidden"') ? 'forbidden' : 'let in';
}

async function inTurns<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const next = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, next));
}
