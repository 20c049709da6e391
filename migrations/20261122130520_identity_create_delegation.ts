import type { Knex } from 'knex';

/**
 * Who acts for whom while somebody is away, with which of its roles, from a day until a day of its own time zone.
 * The instants are those of the days; one that was ended early, or has run out and been noted, has `ended_at`.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE delegation (
      id           uuid        PRIMARY KEY,
      principal_id uuid        NOT NULL REFERENCES user_account,
      delegate_id  uuid        NOT NULL REFERENCES user_account,
      roles        text[]      NOT NULL CHECK (cardinality(roles) > 0),
      from_on      date        NOT NULL,
      until_on     date        NOT NULL,
      time_zone    text        NOT NULL,
      starts_at    timestamptz NOT NULL,
      ends_at      timestamptz NOT NULL,
      note         text        NOT NULL DEFAULT '' CHECK (length(note) <= 500),
      created_at   timestamptz NOT NULL,
      ended_at     timestamptz,
      CHECK (principal_id <> delegate_id),
      CHECK (from_on <= until_on),
      CHECK (starts_at < ends_at),
      CHECK (NOT roles && ARRAY['bid_opener', 'auditor', 'administrator'])
    );
    CREATE INDEX delegation_by_delegate ON delegation (delegate_id) WHERE ended_at IS NULL;
    CREATE INDEX delegation_by_principal ON delegation (principal_id, created_at);
    CREATE INDEX delegation_received ON delegation (delegate_id, created_at);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE delegation');
