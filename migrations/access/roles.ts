import type { Knex } from 'knex';
import { roles } from './access.ts';
import { databaseRole } from './statements.ts';

const names = roles.map(databaseRole);

/**
 * What a database administrator runs once, where the portal's own user may not make roles. Without inheriting:
 * the portal's user has none of their rights until it takes a role on.
 */
export const roleScript = (user: string): string =>
  [
    ...names.map((name) => `CREATE ROLE ${name} NOLOGIN;`),
    `GRANT ${names.join(', ')} TO "${user.replaceAll('"', '""')}" WITH INHERIT FALSE, SET TRUE;`,
  ].join('\n');

/**
 * Makes the roles that are not there and lets the connecting user take them on. Roles belong to the whole cluster:
 * another database of it may be making the same ones at this instant.
 * @throws Error with the script for the administrator
 */
export async function ensureRoles(db: Knex): Promise<void> {
  const { rows } = await db.raw<{ rows: { user: string }[] }>('SELECT session_user AS user');
  try {
    await db.raw(MAKE_ROLES.replaceAll('ROLES', names.map((name) => `'${name}'`).join(', ')));
  } catch (error) {
    if ((error as { code?: unknown }).code !== '42501') throw error;
    throw new Error(
      `The database user may not make the roles that keep suppliers apart. Let an administrator run, once:\n\n${roleScript(rows[0]?.user ?? '')}\n`,
      { cause: error },
    );
  }
}

const MAKE_ROLES = `
  DO $$
  DECLARE name text;
  BEGIN
    FOREACH name IN ARRAY ARRAY[ROLES] LOOP
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
          EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
      -- A superuser may take on any role; a membership would only be one more thing to look after.
      IF NOT pg_has_role(session_user, name, 'SET') THEN
        EXECUTE format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', name, session_user);
      END IF;
    END LOOP;
  END $$`;
