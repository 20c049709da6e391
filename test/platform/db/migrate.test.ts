import path from 'node:path';
import { expect } from 'chai';
import { openDatabase } from '../../../src/platform/db/database.ts';
import { migrate, pendingMigrations } from '../../../src/platform/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const folder = path.join(import.meta.dirname, '../../../migrations');

describe('migrating', () => {
  let database: TestDatabase;
  const open = () => openDatabase({ url: database.url, poolMax: 3, applicationName: 'test' });

  before(async () => {
    database = await createTestDatabase({ migrated: false });
  });
  after(() => database.drop());

  it('runs each migration once though several processes start together', async () => {
    const pools = [open(), open(), open()];
    const ran = await Promise.all(pools.map((db) => migrate(db, folder)));
    const names = ran.flat();
    expect(names).to.have.lengthOf.above(1);
    expect(new Set(names).size).to.equal(names.length);
    expect(await pendingMigrations(pools[0] as (typeof pools)[0], folder)).to.deep.equal([]);
    await Promise.all(pools.map((db) => db.destroy()));
  });

  it('goes on after a run that was killed while it held the lock', async () => {
    const db = open();
    await db('migration_lock').update({ is_locked: 1 });
    expect(await migrate(db, folder)).to.deep.equal([]);
    await db.destroy();
  });
});
