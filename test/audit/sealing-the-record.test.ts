import { expect } from 'chai';
import { isSignedBy, readCheckpoint } from '../../src/audit/checkpoint.ts';
import { record } from '../../src/audit/index.ts';
import { sealNextRows } from '../../src/audit/seal.service.ts';
import { system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { rowsOf } from '../../src/platform/db/statements.ts';
import { makeWorld, type World } from '../support/world.ts';

const robot = system('test');
const sealAll = (world: World): Promise<number> =>
  world.runInTx(robot, (ctx) => sealNextRows(ctx, 'visible'));
const act = () => ({ action: 'invoice.submitted', subject: { type: 'invoice', id: newId() } });
const read = <Row>(world: World, sql: string): Promise<Row[]> =>
  world.db.transaction((tx) => rowsOf<Row>(tx, sql));

describe('sealing the record', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

  it('makes a leaf of each row, in the order of the transactions, and signs a checkpoint over all', async () => {
    for (let count = 0; count < 3; count += 1) await world.runInTx(robot, (ctx) => record(ctx, act()));
    const total = Number((await read<{ count: number }>(world, 'SELECT count(*) FROM event'))[0]?.count);
    expect(await sealAll(world)).to.equal(total);
    const leaves = await read<{ leaf_index: number; event_position: number }>(
      world,
      'SELECT leaf_index, event_position FROM event_seal ORDER BY leaf_index',
    );
    expect(leaves.map((leaf) => leaf.leaf_index)).to.deep.equal(leaves.map((_, index) => index));
    const [checkpoint] = await read<{ signed_note: string; tree_size: number }>(
      world,
      'SELECT * FROM event_checkpoint',
    );
    expect(checkpoint?.tree_size).to.equal(total);
    expect(isSignedBy(checkpoint?.signed_note ?? '', world.house.ports.keyRing)).to.equal(true);
    expect(readCheckpoint(checkpoint?.signed_note ?? '')?.treeSize).to.equal(total);
  });

  it('leaves a row for later while a transaction that began before it is under way', async () => {
    await sealAll(world);
    await world.db.transaction(async (tx) => {
      await rowsOf(tx, 'SELECT pg_current_xact_id()');
      await world.runInTx(robot, (ctx) => record(ctx, act()));
      expect(await world.runInTx(robot, (ctx) => sealNextRows(ctx))).to.equal(0);
    });
    expect(await sealAll(world)).to.equal(1);
  });

  it('makes no checkpoint when nothing has happened', async () => {
    await world.runInTx(robot, (ctx) => record(ctx, act()));
    await sealAll(world);
    expect(await sealAll(world)).to.equal(0);
    expect(await read(world, 'SELECT FROM event_checkpoint')).to.have.lengthOf(1);
  });

  it('builds nothing on a checkpoint that was altered', async () => {
    await world.runInTx(robot, (ctx) => record(ctx, act()));
    await sealAll(world);
    await world.runInTx(robot, (ctx) => record(ctx, act()));
    await world.db.raw('ALTER TABLE event_checkpoint DISABLE TRIGGER ALL');
    await world.db.raw(`UPDATE event_checkpoint SET frontier = sha256('another')`);
    const refusal = await sealAll(world).catch((error: Error) => error.message);
    expect(refusal).to.match(/run verify/);
    expect(await read(world, 'SELECT FROM event_checkpoint')).to.have.lengthOf(1);
  });

  it('goes on after the database was moved to a cluster that counts lower, leaving nothing out', async () => {
    await world.runInTx(robot, (ctx) => record(ctx, act()));
    await sealAll(world);
    await world.runInTx(robot, (ctx) => record(ctx, act()));
    // What a restored dump looks like: the rows, sealed and not, carry numbers this cluster has not reached.
    for (const table of ['event', 'event_checkpoint']) {
      await world.db.raw(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
      await world.db.raw(
        `UPDATE ${table} SET transaction_id = (transaction_id::text::bigint + 1000000000)::text::xid8`,
      );
    }
    await world.runInTx(robot, (ctx) => record(ctx, act()));
    expect(await sealAll(world), 'what the other cluster left').to.equal(1);
    expect(await sealAll(world), 'what came since').to.equal(1);
    await world.runInTx(robot, (ctx) => record(ctx, act()));
    expect(await sealAll(world)).to.equal(1);
    expect(
      await read(world, 'SELECT FROM event WHERE position NOT IN (SELECT event_position FROM event_seal)'),
    ).to.deep.equal([]);
  });

  for (const table of ['event', 'event_seal', 'event_tree_node', 'event_checkpoint'])
    it(`never changes or removes a row of ${table}`, async () => {
      const column = {
        event: 'reason',
        event_seal: 'leaf_index',
        event_tree_node: 'level',
        event_checkpoint: 'tree_size',
      }[table];
      for (const statement of [
        `UPDATE ${table} SET ${column} = NULL`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
      ]) {
        const refusal = await world.db.raw(statement).catch((error: Error) => error.message);
        expect(refusal).to.match(/append-only/);
      }
    });
});
