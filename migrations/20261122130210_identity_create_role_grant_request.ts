import type { Knex } from 'knex';

/**
 * A powerful role is granted by two: one asks, another decides, and neither is the one it is for. What of the
 * identity provider's groups counts here is kept from the last sign-in, for the page that shows the mapping.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE role_grant_request (
      id              uuid        PRIMARY KEY,
      user_id         uuid        NOT NULL REFERENCES user_account,
      role            text        NOT NULL CHECK (role ~ '^[a-z_]+$'),
      state           text        NOT NULL CHECK (state IN ('pending', 'granted', 'refused', 'withdrawn', 'expired')),
      reason          text        NOT NULL CHECK (reason <> ''),
      requested_by    uuid        NOT NULL REFERENCES user_account,
      requested_at    timestamptz NOT NULL,
      expires_at      timestamptz NOT NULL CHECK (expires_at > requested_at),
      decided_by      uuid        REFERENCES user_account,
      decided_at      timestamptz,
      decision_reason text        CHECK (decision_reason <> ''),
      CHECK (requested_by <> user_id),
      CHECK (decided_by NOT IN (requested_by, user_id)),
      CHECK ((state = 'pending') = (decided_at IS NULL)),
      CHECK ((state IN ('granted', 'refused')) = (decided_by IS NOT NULL))
    );
    CREATE UNIQUE INDEX role_grant_request_one_pending ON role_grant_request (user_id, role)
     WHERE state = 'pending';
    CREATE INDEX role_grant_request_by_user ON role_grant_request (user_id, id);

    CREATE TABLE user_group (
      user_id    uuid NOT NULL REFERENCES user_account,
      group_name text NOT NULL CHECK (group_name <> ''),
      PRIMARY KEY (user_id, group_name)
    );
    CREATE INDEX user_group_by_name ON user_group (group_name);

    CREATE INDEX user_account_by_name ON user_account ((replace(lower(name), '~', '-')), id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP INDEX user_account_by_name; DROP TABLE user_group, role_grant_request');
