import type { Knex } from 'knex';

/**
 * A role says where it comes from: a group of the identity provider, a directory (SCIM), or granted here. One
 * role may come from two places at once, and is lost only when both have taken it back. So far staff had their
 * roles from groups only, and a supplier's people had theirs from here.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE user_role
      ADD COLUMN source     text NOT NULL DEFAULT 'granted' CHECK (source IN ('group', 'granted', 'scim')),
      ADD COLUMN granted_by uuid REFERENCES user_account,
      ADD COLUMN reason     text CHECK (reason <> '');
    UPDATE user_role
       SET source = 'group'
      FROM user_account
     WHERE user_account.id = user_role.user_id
       AND user_account.kind = 'staff';
    ALTER TABLE user_role
      DROP CONSTRAINT user_role_pkey,
      ADD PRIMARY KEY (user_id, role, source);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE user_role DROP CONSTRAINT user_role_pkey;
    DELETE FROM user_role AS one
     USING user_role AS other
     WHERE other.user_id = one.user_id
       AND other.role = one.role
       AND other.source < one.source;
    ALTER TABLE user_role
      DROP COLUMN source,
      DROP COLUMN granted_by,
      DROP COLUMN reason,
      ADD PRIMARY KEY (user_id, role)`);
