import { expect } from 'chai';
import type { Knex } from 'knex';
import type { DatabaseRole, Tables } from '../../migrations/access/access.ts';
import { guardedTables, policies } from '../../migrations/access/statements.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { as, type Context, countAs, NOT_ALLOWED, primaryKeyOf, refusalOf, undone } from './probes.ts';
import {
  findOwners,
  makeTwoSuppliers,
  ofNobody,
  type TwoSuppliers,
  tablesWithOwners,
} from './two-suppliers.ts';

describe('rows of two suppliers', function () {
  this.timeout(120_000);
  let two: TwoSuppliers;
  let own: Actor;
  let other: Actor;
  let db: Knex;
  let ownerOf: Awaited<ReturnType<typeof findOwners>>;

  before(async () => {
    two = await makeTwoSuppliers();
    [own, other] = two.suppliers;
    db = two.world.db;
    ownerOf = await findOwners(db);
  });
  after(() => two?.world.close());

  const readable = (table: string, role: DatabaseRole): boolean =>
    /SELECT/.test((guardedTables as Tables)[table]?.[role]?.may ?? '');
  const supplierTables = (): string[] => tablesWithOwners.filter((table) => readable(table, 'supplier'));

  it('are there for both, in every table, so that these tests can fail', async () => {
    for (const table of tablesWithOwners) {
      const { rows } = await db.raw(
        `SELECT count(*) FILTER (WHERE ${ownerOf(table)} = ?) AS own, count(*) FILTER (WHERE ${ownerOf(table)} = ?) AS others
           FROM ${table} AS t`,
        [own.supplierId, other.supplierId],
      );
      expect(Number(rows[0].own), `${table}: the one's`).to.be.greaterThan(0);
      expect(Number(rows[0].others), `${table}: the other's`).to.be.greaterThan(0);
    }
  });

  it('are none for a supplier that does not say which', () =>
    undone(db, async (tx) => {
      for (const table of tablesWithOwners) {
        const seen = await countAs(tx, { role: 'supplier', actor: null }, table);
        // The buying side's people are known by name; they belong to no supplier.
        const { rows: staff } = await tx.raw(`SELECT id FROM user_account WHERE kind = 'staff'`);
        expect(seen ?? 0, table).to.equal(table === 'user_account' ? staff.length : 0);
      }
    }));

  it('are none for a connection on which nobody said who acts, but for what a sign-in looks up', async () => {
    const signIn = Object.keys(guardedTables).filter((table) => readable(table, 'visitor'));
    for (const table of Object.keys(guardedTables).filter((name) => !signIn.includes(name))) {
      const refused = await two.world.house.db.raw(`SELECT count(*) FROM ${table}`).then(
        () => null,
        (error: { code?: string }) => error.code,
      );
      expect(refused, table).to.equal(NOT_ALLOWED);
    }
    expect(
      signIn.filter((table) => /order|bid|invoice|receipt|award|document|event/.test(table)),
    ).to.deep.equal([]);
  });

  it('are one’s own where a WHERE was forgotten', () =>
    undone(db, async (tx) => {
      for (const table of supplierTables()) {
        const key = (await primaryKeyOf(tx, table)).join(', ');
        const seen = await as(tx, { role: 'supplier', actor: own }, async () =>
          (await tx.raw(`SELECT to_jsonb(ROW(${key}))::text AS key FROM ${table}`)).rows.map(
            (row: { key: string }) => row.key,
          ),
        );
        const { rows } = await tx.raw(
          `SELECT to_jsonb(ROW(${key}))::text AS key FROM ${table} AS t
            WHERE ${ownerOf(table)} IS NOT DISTINCT FROM ?
               OR (${table === 'user_account'} AND ${ownerOf(table)} IS NULL)`,
          [own.supplierId],
        );
        const owned = new Set(rows.map((row: { key: string }) => row.key));
        expect(
          seen.filter((one: string) => !owned.has(one)),
          table,
        ).to.deep.equal([]);
        expect(seen.length, `${table}: sees its own`).to.be.greaterThan(0);
      }
    }));

  it('cannot be read, changed, removed or forged by the other', () =>
    undone(db, async (tx) => {
      const wrong: Context = { role: 'supplier', actor: other };
      for (const table of tablesWithOwners) {
        const keys = await primaryKeyOf(tx, table);
        const {
          rows: [row],
        } = await tx.raw(`SELECT t.* FROM ${table} AS t WHERE ${ownerOf(table)} = ? LIMIT 1`, [
          own.supplierId,
        ]);
        const where = Object.fromEntries(keys.map((key) => [key, row[key]]));
        const touched = { read: 0, changed: 0, removed: 0 };
        await refusalOf(tx, () =>
          as(tx, wrong, async () => {
            touched.read = (await tx(table).where(where).select(keys)).length;
          }),
        );
        for (const column of Object.keys(row))
          await refusalOf(tx, () =>
            as(tx, wrong, async () => {
              touched.changed += await tx(table)
                .where(where)
                .update({ [column]: row[column] });
            }),
          );
        await refusalOf(tx, () =>
          as(tx, wrong, async () => {
            touched.removed = await tx(table).where(where).delete();
          }),
        );
        expect(touched, table).to.deep.equal({ read: 0, changed: 0, removed: 0 });
        const forged = await refusalOf(tx, () =>
          as(tx, wrong, () =>
            tx.raw(
              `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::${table}, ?)`,
              [JSON.stringify(row)],
            ),
          ),
        );
        expect(forged, `${table}: forged`).to.equal(NOT_ALLOWED);
      }
    }));

  it('are not sealed content to anybody of the buying side before the closing', () =>
    undone(db, async (tx) => {
      const staff: Context = { role: 'staff', actor: two.buyer };
      const sealed = [
        'bid_version',
        'bid_envelope',
        'bid_envelope_share',
        'bid_file',
        'bid_line',
        'event_key',
        'opening',
        'opened_envelope',
      ];
      for (const table of sealed) expect(await countAs(tx, staff, table), table).to.equal(0);
      expect(await countAs(tx, staff, 'bid_draft'), 'a draft is nobody else’s').to.equal(null);
      const columnOf = (role: 'audit' | 'worker', table: string, column: string) =>
        refusalOf(tx, () =>
          as(tx, { role, actor: two.auditor }, () => tx.raw(`SELECT ${column} FROM ${table}`)),
        );
      for (const [table, column] of [
        ['bid_envelope', 'sealed'],
        ['bid_envelope', 'time_share'],
        ['bid_envelope', 'house_share'],
        ['bid_envelope', 'supplier_copy'],
        ['bid_envelope', 'bidder_key'],
        ['bid_envelope_share', 'sealed'],
        ['opener_share', 'sealed'],
        ['bid_rescue', 'sealed'],
        ['bid_draft', 'sealed'],
      ] as const)
        for (const role of ['audit', 'worker'] as const)
          expect(await columnOf(role, table, column), `${role}: ${table}.${column}`).to.equal(NOT_ALLOWED);
      // An auditor reads files once they were opened, and the key that opens them.
      const auditor: Context = { role: 'audit', actor: two.auditor };
      for (const [table, column] of [
        ['bid_file', 'sealed_facts'],
        ['event_key', 'sealed_identity'],
      ] as const) {
        expect(await columnOf('worker', table, column), `worker: ${table}.${column}`).to.equal(NOT_ALLOWED);
        expect(await countAs(tx, auditor, table), table).to.equal(0);
      }
      await tx.raw(`UPDATE sourcing_event SET state = 'closed', closed_at = closes_at`);
      for (const table of sealed) expect(await countAs(tx, staff, table), table).to.be.greaterThan(0);
      for (const table of ['bid_file', 'event_key'])
        expect(await countAs(tx, auditor, table), table).to.equal(0);
      await tx.raw('UPDATE event_key SET released_at = now()');
      for (const table of ['bid_file', 'event_key'])
        expect(await countAs(tx, auditor, table), table).to.be.greaterThan(0);
    }));

  it('name nobody else as who acted, and are never changed or removed', () =>
    undone(db, async (tx) => {
      const forge = (context: Context, values: Record<string, unknown>) =>
        refusalOf(tx, () =>
          as(tx, context, () =>
            tx.raw(
              `INSERT INTO event (id, at, actor_kind, actor_id, actor_name, action, subject_type, subject_id, supplier_id)
               VALUES (gen_random_uuid(), now(), ?, ?, 'x', 'order.x', 'order', gen_random_uuid(), ?)`,
              [values['kind'], values['id'] ?? null, values['supplierId'] ?? null] as never,
            ),
          ),
        );
      const supplier: Context = { role: 'supplier', actor: own };
      const staff: Context = { role: 'staff', actor: two.buyer };
      const asOwn = { kind: 'supplier', id: own.userId, supplierId: own.supplierId };
      expect(await forge(supplier, asOwn)).to.equal(null);
      expect(await forge(supplier, { ...asOwn, id: other.userId })).to.equal(NOT_ALLOWED);
      expect(await forge(supplier, { ...asOwn, supplierId: other.supplierId })).to.equal(NOT_ALLOWED);
      expect(await forge(supplier, { ...asOwn, kind: 'staff' })).to.equal(NOT_ALLOWED);
      expect(await forge(staff, { kind: 'staff', id: two.buyer.userId })).to.equal(null);
      expect(await forge(staff, { kind: 'staff', id: two.auditor.userId })).to.equal(NOT_ALLOWED);
      expect(await forge({ role: 'visitor', actor: null }, { kind: 'system' })).to.equal(NOT_ALLOWED);
      for (const role of ['visitor', 'supplier', 'staff', 'audit', 'worker'] as const)
        for (const sql of [`UPDATE event SET reason = 'x'`, 'DELETE FROM event', 'TRUNCATE event'])
          expect(
            await refusalOf(tx, () => as(tx, { role, actor: own }, () => tx.raw(sql))),
            `${role}: ${sql}`,
          ).to.equal(NOT_ALLOWED);
      for (const sql of [`UPDATE event SET reason = 'x'`, 'DELETE FROM event', 'TRUNCATE event'])
        expect(await refusalOf(tx, () => tx.raw(sql)), `the owner: ${sql}`).to.equal(NOT_ALLOWED);
    }));

  it('may be seen and held without being changed', () =>
    undone(db, async (tx) => {
      const supplier: Context = { role: 'supplier', actor: own };
      const held = await refusalOf(tx, () =>
        as(tx, supplier, () => tx.raw('SELECT id FROM sourcing_event FOR SHARE')),
      );
      expect(held).to.equal(null);
      for (const sql of [
        'UPDATE sourcing_event SET id = id',
        `UPDATE supplier SET id = id`,
        `UPDATE user_account SET name = 'x' WHERE kind = 'staff'`,
        `UPDATE document SET removed_at = now(), supplier_id = NULL`,
      ])
        expect(await refusalOf(tx, () => as(tx, supplier, () => tx.raw(sql))), sql).to.equal(NOT_ALLOWED);
      expect(
        await refusalOf(tx, () =>
          as(tx, { role: 'audit', actor: two.auditor }, () =>
            tx.raw(`UPDATE user_account SET theme = 'dark' WHERE id = ?`, [two.buyer.userId]),
          ),
        ),
      ).to.equal(NOT_ALLOWED);
    }));

  describe('without one policy', () => {
    const actorOf = (role: DatabaseRole): Actor =>
      role === 'supplier' ? own : role === 'audit' ? two.auditor : two.buyer;

    for (const { table, role, access } of policies) {
      const context = (): Context => ({ role, actor: actorOf(role) });
      if (!/SELECT/.test(access.may) || access.rows === 'false') continue;

      it(`that lets ${role} see ${table}, these tests would see nothing`, () =>
        undone(db, async (tx) => {
          // Nothing is sealed any more: then every policy has rows to show.
          await tx.raw(`UPDATE sourcing_event SET state = 'closed', closed_at = closes_at`);
          await tx.raw('UPDATE event_key SET released_at = now()');
          await tx.raw(`DELETE FROM link_request`);
          await tx.raw(`INSERT INTO link_request VALUES (gen_random_uuid(), 'x', now())`);
          const before = await countAs(tx, context(), table);
          await tx.raw(`DROP POLICY ${role} ON ${table}`);
          expect(before).to.be.greaterThan(0);
          expect(await countAs(tx, context(), table)).to.equal(0);
        }));

      if (access.rows === 'true') continue;
      it(`that keeps ${role} from rows of ${table}, these tests would see a leak`, () =>
        undone(db, async (tx) => {
          const before = (await countAs(tx, context(), table)) ?? 0;
          await tx.raw(`ALTER POLICY ${role} ON ${table} USING (true)`);
          expect(await countAs(tx, context(), table)).to.be.greaterThan(before);
        }));
    }
  });

  it('are in every table of which these tests know whose a row is', () => {
    for (const table of ofNobody)
      expect(readable(table, 'supplier') && table !== 'report_export', table).to.equal(false);
  });
});
