import { createHash } from 'node:crypto';
import { type Access, type DatabaseRole, roles, type TableAccess } from './access.ts';
import { biddingTables } from './bidding-tables.ts';
import { evaluationTables } from './evaluation-tables.ts';
import { identityTables } from './identity-tables.ts';
import { openTables, recordTables } from './record-tables.ts';
import { tradingTables } from './trading-tables.ts';

/** Every table with rows of a supplier, or of its people. */
export const guardedTables = {
  ...identityTables,
  ...tradingTables,
  ...biddingTables,
  ...evaluationTables,
  ...recordTables,
};

export const databaseRole = (role: DatabaseRole): string => `portico_${role}`;
const everyRole = roles.map(databaseRole).join(', ');

export type Policy = {
  readonly table: string;
  readonly role: DatabaseRole;
  readonly access: Access;
};

/** One policy a table and role, named after the role. */
export const policies: readonly Policy[] = Object.entries(guardedTables).flatMap(([table, access]) =>
  entriesOf(access).map(([role, one]) => ({ table, role, access: one })),
);

export const createPolicy = ({ table, role, access }: Policy): string =>
  `CREATE POLICY ${role} ON ${table} TO ${databaseRole(role)} USING (${access.rows}) WITH CHECK (${access.writes})`;

/**
 * Takes every right back that was ever given, and gives those that are written down: the same from any start. Tables
 * that are not there yet are left out.
 */
export function statementsFor(present: ReadonlySet<string>): readonly string[] {
  const guarded = Object.entries(guardedTables).filter(([table]) => present.has(table));
  const open = Object.entries(openTables).filter(([table]) => present.has(table));
  return [
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${everyRole}`,
    `REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM ${everyRole}`,
    DROP_POLICIES,
    `GRANT USAGE ON SCHEMA public TO ${everyRole}`,
    ...guarded.map(([table]) => `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`),
    ...guarded.flatMap(([table, access]) => grantsOn(table, access)),
    ...open.flatMap(([table, { access }]) => grantsOn(table, access)),
    ...policies.filter(({ table }) => present.has(table)).map(createPolicy),
  ];
}

const DROP_POLICIES = `
  DO $$
  DECLARE policy record;
  BEGIN
    FOR policy IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
      EXECUTE format('DROP POLICY %I ON %I', policy.policyname, policy.tablename);
    END LOOP;
  END $$`;

/** Changes whenever a right does. */
export const fingerprintOf = (statements: readonly string[]): string =>
  createHash('sha256').update(statements.join('\n')).digest('hex');

function grantsOn(table: string, access: TableAccess): string[] {
  return entriesOf(access).map(([role, { may }]) => `GRANT ${may} ON ${table} TO ${databaseRole(role)}`);
}

function entriesOf(access: TableAccess): [DatabaseRole, Access][] {
  return roles.flatMap((role) => {
    const one = access[role];
    return one === undefined ? [] : [[role, one] as [DatabaseRole, Access]];
  });
}
