import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { expect } from 'chai';
import { roles } from '../../migrations/access/access.ts';
import { databaseRole } from '../../migrations/access/statements.ts';
import { type Database, openDatabase } from '../../src/platform/db/database.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const migrations = path.join(import.meta.dirname, '../../migrations');

describe('a database whose owner is no superuser', function () {
  this.timeout(60_000);
  const owner = `owner_${randomBytes(6).toString('hex')}`;
  let database: TestDatabase;
  let admin: Database;
  let db: Database;

  before(async () => {
    database = await createTestDatabase({ migrated: false });
    admin = openDatabase({ url: database.url, poolMax: 1, applicationName: 'test-admin' });
    await admin.raw(`CREATE ROLE ${owner} LOGIN PASSWORD 'owner'`);
    await admin.raw(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} OWNER TO ${owner}`);
    const url = new URL(database.url);
    url.username = owner;
    url.password = 'owner';
    db = openDatabase({ url: url.href, poolMax: 2, applicationName: 'test-owner' });
  });
  after(async () => {
    await db.destroy();
    await admin.raw(`REASSIGN OWNED BY ${owner} TO CURRENT_USER`);
    await admin.raw(`DROP OWNED BY ${owner}; DROP ROLE ${owner}`);
    await admin.destroy();
    await database.drop();
  });

  it('is told what an administrator has to run once', async () => {
    // The roles belong to the cluster, and other tests have made them: what is missing is the right to take them on.
    const said = await migrate(db, migrations).catch((error: Error) => error.message);
    expect(said)
      .to.include('Let an administrator run, once')
      .and.to.include(`TO "${owner}" WITH INHERIT FALSE`);
  });

  it('is migrated once that was done, and again when a right changes', async () => {
    await admin.raw(`GRANT ${roles.map(databaseRole).join(', ')} TO ${owner} WITH INHERIT FALSE, SET TRUE`);
    expect(await migrate(db, migrations)).to.include('always_grant_access');
    expect(await migrate(db, migrations)).to.deep.equal([]);
    await db.raw(`COMMENT ON FUNCTION acting_supplier_id() IS 'the rights of an older version'`);
    expect(await migrate(db, migrations)).to.deep.equal(['always_grant_access']);
  });

  it('is kept from the rows itself: the wall is forced', async () => {
    await admin.raw(
      `INSERT INTO supplier (id, reference, name, state, created_at)
       VALUES (gen_random_uuid(), 'SUP-1', 'Somebody', 'registered', now())`,
    );
    const seen = async (): Promise<number> => (await db('supplier').select('id')).length;
    expect(await seen()).to.equal(0);
    await db.raw('ALTER TABLE supplier NO FORCE ROW LEVEL SECURITY');
    expect(await seen(), 'without FORCE').to.equal(1);
  });
});
