import { expect } from 'chai';
import { roles } from '../../migrations/access/access.ts';
import { openTables } from '../../migrations/access/record-tables.ts';
import { databaseRole, guardedTables, policies } from '../../migrations/access/statements.ts';
import { databaseRoles } from '../../src/platform/db/acting.ts';
import { type Database, openDatabase } from '../../src/platform/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

describe('the wall in the database', () => {
  let database: TestDatabase;
  let db: Database;
  const read = async <Row>(sql: string): Promise<Row[]> => (await db.raw(sql)).rows;

  before(async () => {
    database = await createTestDatabase();
    db = openDatabase({ url: database.url, poolMax: 2, applicationName: 'test-owner' });
  });
  after(async () => {
    await db.destroy();
    await database.drop();
  });

  it('knows every table: guarded, or open for a reason, and never both', async () => {
    const tables = await read<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    );
    const listed = [...Object.keys(guardedTables), ...Object.keys(openTables)].sort();
    expect(listed, 'a table without a line in migrations/access/, or a line without a table').to.deep.equal(
      tables.map(({ name }) => name),
    );
    for (const { why } of Object.values(openTables)) expect(why).not.to.equal('');
  });

  it('is enabled and forced on every guarded table, and on no other', async () => {
    const tables = await read<{ name: string; enabled: boolean; forced: boolean }>(
      `SELECT relname AS name, relrowsecurity AS enabled, relforcerowsecurity AS forced
         FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
    );
    for (const { name, enabled, forced } of tables)
      expect({ name, enabled, forced }).to.deep.equal({
        name,
        enabled: name in guardedTables,
        forced: name in guardedTables,
      });
  });

  it('leaves no table with a supplier in it open', async () => {
    const tables = await read<{ name: string }>(
      `SELECT DISTINCT table_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'supplier_id'`,
    );
    expect(tables.filter(({ name }) => name in openTables)).to.deep.equal([]);
  });

  it('has exactly the policies that are written down, each for one role', async () => {
    const present = await read<{ name: string; table: string; role: string }>(
      `SELECT policyname AS name, tablename AS "table", roles[1]::text AS role FROM pg_policies
        WHERE schemaname = 'public' AND cardinality(roles) = 1 AND permissive = 'PERMISSIVE'`,
    );
    const written = policies.map(({ table, role }) => `${table} ${databaseRole(role)}`).sort();
    expect(present.map(({ table, role }) => `${table} ${role}`).sort()).to.deep.equal(written);
  });

  it('keeps roles that cannot sign in, pass the wall or be inherited', async () => {
    const present = await read<{ name: string; plain: boolean }>(
      `SELECT rolname AS name, NOT (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb) AS plain
         FROM pg_roles WHERE rolname LIKE 'portico\\_%' ORDER BY 1`,
    );
    expect(present).to.deep.equal(
      roles
        .map(databaseRole)
        .sort()
        .map((name) => ({ name, plain: true })),
    );
    expect(Object.keys(databaseRoles).sort()).to.deep.equal(roles.map(databaseRole).sort());
  });

  it('lets no role make tables, or into the tables of the queues and of the migrations', async () => {
    const held = await read<{ what: string }>(
      `SELECT role.rolname || ' ' || relname AS what
         FROM pg_roles AS role, pg_class
        WHERE role.rolname LIKE 'portico\\_%'
          AND relkind = 'r'
          AND (relname LIKE 'migration%' OR relnamespace = to_regnamespace('bullmq'))
          AND has_table_privilege(role.oid, pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
        UNION ALL
       SELECT role.rolname || ' makes tables'
         FROM pg_roles AS role
        WHERE role.rolname LIKE 'portico\\_%' AND has_schema_privilege(role.oid, 'public', 'CREATE')
        UNION ALL
       SELECT role.rolname || ' empties ' || relname
         FROM pg_roles AS role, pg_class
        WHERE role.rolname LIKE 'portico\\_%' AND relkind = 'r' AND relnamespace = 'public'::regnamespace
          AND has_table_privilege(role.oid, pg_class.oid, 'TRUNCATE, TRIGGER, REFERENCES')`,
    );
    expect(held).to.deep.equal([]);
  });
});
