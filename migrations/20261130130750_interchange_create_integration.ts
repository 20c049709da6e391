import type { Knex } from 'knex';

/** Programs that may write to us: what each may do, and only the hash of its token. A call is answered once. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE integration (
      id           uuid        PRIMARY KEY,
      name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
      token_sha256 text        NOT NULL UNIQUE CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
      scopes       text[]      NOT NULL CHECK (cardinality(scopes) > 0),
      created_by   uuid        NOT NULL REFERENCES user_account,
      created_at   timestamptz NOT NULL,
      last_used_at timestamptz,
      revoked_at   timestamptz
    );
    CREATE UNIQUE INDEX integration_one_a_name ON integration (lower(name)) WHERE revoked_at IS NULL;

    CREATE TABLE integration_call (
      integration_id  uuid        NOT NULL REFERENCES integration,
      idempotency_key text        NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 200),
      request_sha256  text        NOT NULL CHECK (request_sha256 ~ '^[0-9a-f]{64}$'),
      answer          jsonb       NOT NULL,
      at              timestamptz NOT NULL,
      PRIMARY KEY (integration_id, idempotency_key)
    );`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE integration_call, integration');
