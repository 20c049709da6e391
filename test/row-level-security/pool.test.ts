import { expect } from 'chai';
import { type Actor, anonymous, system } from '../../src/kernel/actor.ts';
import { roleOf } from '../../src/platform/db/acting.ts';
import { type Database, openDatabase } from '../../src/platform/db/database.ts';
import { inTransaction } from '../../src/platform/db/open-transaction.ts';
import { named, namedOnce, rowsOf } from '../../src/platform/db/statements.ts';
import { makeOrder } from '../support/factories/orders.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type World } from '../support/world.ts';

const CONNECTIONS = 4;
const ROUNDS = 600;

describe('a pool that everybody shares', function () {
  this.timeout(120_000);
  let world: World;
  let db: Database;
  const suppliers: Actor[] = [];
  let buyer: Actor;

  before(async () => {
    world = await makeWorld();
    buyer = await world.staff('buyer');
    for (let made = 0; made < 6; made += 1) {
      const { actor } = await makeSupplier(world);
      suppliers.push(actor);
      // A different number of orders each, so that a mix-up shows in a count as well.
      for (let order = 0; order <= made % 3; order += 1)
        await makeOrder(world, { supplierUser: actor, buyer });
    }
  });
  after(() => world.close());
  beforeEach(() => {
    const url = world.db.client.config.connection.connectionString;
    db = openDatabase({ url, poolMax: CONNECTIONS, applicationName: 'test-pool', role: 'portico_visitor' });
  });
  afterEach(() => db.destroy());

  type Seen = { who: string; supplier: string; suppliers: string[]; orders: number };
  const look = (actor: Actor): Promise<Seen> =>
    inTransaction(
      db,
      async (tx) => {
        const [who] = await named<{ who: string; supplier: string }>(tx, {
          name: 'test.who',
          text: `SELECT current_user::text AS who, current_setting('portico.supplier_id') AS supplier`,
          values: [],
        });
        const orders = await named<{ id: string }>(tx, {
          name: 'test.orders',
          text: 'SELECT DISTINCT supplier_id AS id, count(*) OVER () AS total FROM purchase_order',
          values: [],
        });
        const [count] = await rowsOf<{ count: number }>(tx, 'SELECT count(*) AS count FROM purchase_order');
        return {
          who: who?.who ?? '',
          supplier: who?.supplier ?? '',
          suppliers: orders.map(({ id }) => id),
          orders: count?.count ?? 0,
        };
      },
      actor,
    );

  const expectOwn = (actor: Actor, seen: Seen): void => {
    expect(seen.who).to.equal(roleOf(actor));
    expect(seen.supplier).to.equal(actor.supplierId ?? '');
    if (actor.kind === 'supplier') {
      expect(seen.suppliers).to.deep.equal([actor.supplierId]);
      expect(seen.orders).to.equal((suppliers.indexOf(actor) % 3) + 1);
    } else expect(seen.orders).to.equal(12);
  };

  /** Fails in the middle of its transaction: in the database, or in our own code. */
  const fail = (actor: Actor, how: number): Promise<unknown> =>
    inTransaction(
      db,
      async (tx) => {
        await rowsOf(tx, 'SELECT count(*) FROM purchase_order');
        if (how % 2 === 0) await rowsOf(tx, 'SELECT 1 / 0');
        throw new Error('changed its mind');
      },
      actor,
    ).catch(() => undefined);

  it('shows nobody another’s rows, however their transactions are mixed, and also after failures', async () => {
    const everybody = [...suppliers, buyer, system('test')];
    await Promise.all(
      Array.from({ length: ROUNDS }, async (_, round) => {
        const actor = everybody[(round * 7 + (round % 5)) % everybody.length] as Actor;
        if (round % 6 === 0) return fail(actor, round);
        if (round % 6 === 1) {
          const [outside] = await namedOnce<{ who: string; supplier: string | null }>(db, {
            name: 'test.outside',
            text: `SELECT current_user::text AS who, nullif(current_setting('portico.supplier_id', true), '') AS supplier`,
            values: [],
          });
          return expect(outside).to.deep.equal({ who: 'portico_visitor', supplier: null });
        }
        return expectOwn(actor, await look(actor));
      }),
    );
  });

  it('gives each connection back as a visitor that sees no orders', async () => {
    await Promise.all(suppliers.map(look));
    await Promise.all(suppliers.map(fail));
    const left = await Promise.all(
      Array.from({ length: CONNECTIONS }, () =>
        db
          .raw('SELECT pg_sleep(0.05), count(*) FROM purchase_order')
          .then(() => 'saw the orders')
          .catch((error: Error) => error.message),
      ),
    );
    for (const message of left) expect(message).to.include('permission denied for table purchase_order');
  });

  it('plans a statement once for each role, and not anew at each change of roles', async () => {
    await db.destroy();
    const url = world.db.client.config.connection.connectionString;
    db = openDatabase({ url, poolMax: 1, applicationName: 'test-pool', role: 'portico_visitor' });
    for (let turn = 0; turn < 10; turn += 1)
      for (const actor of [suppliers[0] as Actor, buyer]) expectOwn(actor, await look(actor));
    const { rows } = await db.raw(
      `SELECT name, (generic_plans + custom_plans)::int AS runs FROM pg_prepared_statements WHERE name LIKE '%test.orders' ORDER BY 1`,
    );
    expect(rows).to.deep.equal([
      { name: 'b:test.orders', runs: 10 },
      { name: 's:test.orders', runs: 10 },
    ]);
  });

  it('refuses to begin for an id that would end its text', async () => {
    const sly: Actor = { ...(suppliers[0] as Actor), supplierId: "'; RESET ROLE; --" };
    const refused = await look(sly).catch((error: Error) => error.message);
    expect(refused).to.include('not known by an id');
    expect(roleOf(anonymous)).to.equal('portico_visitor');
  });
});
