import type { Knex } from 'knex';

/**
 * What a directory says over SCIM: which staff accounts are in its care and under which names it knows them, and
 * its groups. Only accounts with a row here can be seen over SCIM. `gives_roles`: once the directory has put a
 * person into a group that gives a role, the person's roles come from there and no longer from the sign-in.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE scim_user (
      user_id     uuid        PRIMARY KEY REFERENCES user_account,
      user_name   text        NOT NULL CHECK (length(user_name) BETWEEN 1 AND 256),
      external_id text        UNIQUE CHECK (length(external_id) BETWEEN 1 AND 256),
      gives_roles boolean     NOT NULL DEFAULT false,
      created_at  timestamptz NOT NULL,
      changed_at  timestamptz NOT NULL
    );
    CREATE UNIQUE INDEX scim_user_by_name ON scim_user (lower(user_name));

    CREATE TABLE scim_group (
      id          uuid        PRIMARY KEY,
      name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 256),
      external_id text        UNIQUE CHECK (length(external_id) BETWEEN 1 AND 256),
      created_at  timestamptz NOT NULL,
      changed_at  timestamptz NOT NULL
    );
    CREATE UNIQUE INDEX scim_group_by_name ON scim_group (lower(name));

    CREATE TABLE scim_group_member (
      group_id uuid NOT NULL REFERENCES scim_group ON DELETE CASCADE,
      user_id  uuid NOT NULL REFERENCES scim_user ON DELETE CASCADE,
      PRIMARY KEY (group_id, user_id)
    );
    CREATE INDEX scim_group_member_by_user ON scim_group_member (user_id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE scim_group_member, scim_group, scim_user');
