import type { Knex } from 'knex';

/**
 * Sign-ins that failed, for thirty days. It holds no secret and nothing that was typed: an address nobody has is a
 * keyed hash and a masked form, where from is a shortened network and a keyed hash. What fails in the same way in
 * the same minute is one row with a count, so that a storm of tries does not become a storm of rows. There is no
 * foreign key on the account: checking one would make a known account slower to refuse than an unknown one.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE sign_in_failure (
      id                  uuid        PRIMARY KEY,
      first_at            timestamptz NOT NULL,
      last_at             timestamptz NOT NULL,
      minute              timestamptz NOT NULL,
      tries               integer     NOT NULL DEFAULT 1 CHECK (tries > 0),
      kind                text        NOT NULL CHECK (kind ~ '^[a-z-]+$'),
      reason              text        NOT NULL CHECK (reason ~ '^[a-z0-9-]+$'),
      user_id             uuid,
      supplier_id         uuid,
      who_fingerprint     text        NOT NULL,
      who_masked          text        NOT NULL,
      address_fingerprint text        NOT NULL,
      address_masked      text        NOT NULL,
      groups              text[]      NOT NULL DEFAULT '{}',
      UNIQUE (kind, reason, who_fingerprint, address_fingerprint, minute)
    );
    CREATE INDEX sign_in_failure_by_time ON sign_in_failure (last_at, id);
    CREATE INDEX sign_in_failure_by_user ON sign_in_failure (user_id, last_at) WHERE user_id IS NOT NULL;`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE sign_in_failure');
