import type { Knex } from 'knex';

/**
 * Links in mails by which a supplier's contact acts on one document, and the one-time codes for what binds. Of a
 * token there is only the SHA-256, of a code only a keyed hash; the code itself waits sealed until it is mailed.
 * `sent_to` is the address the link went to: for another address of the same contact it is no link.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE signed_link (
      id           uuid        PRIMARY KEY,
      token_hash   text        NOT NULL UNIQUE CHECK (length(token_hash) = 64),
      purpose      text        NOT NULL CHECK (purpose ~ '^[a-z-]+$'),
      subject_type text        NOT NULL CHECK (subject_type ~ '^[a-z_]+$'),
      subject_id   uuid        NOT NULL,
      reference    text        NOT NULL CHECK (length(reference) <= 100),
      user_id      uuid        NOT NULL REFERENCES user_account,
      supplier_id  uuid        NOT NULL,
      sent_to      text        NOT NULL CHECK (length(sent_to) <= 320),
      created_at   timestamptz NOT NULL,
      expires_at   timestamptz NOT NULL,
      revoked_at   timestamptz,
      revoked_why  text        CHECK (revoked_why IN ('by-contact', 'deactivated', 'document-over', 'wrong-codes')),
      first_used_at timestamptz,
      last_used_at timestamptz,
      use_count    integer     NOT NULL DEFAULT 0 CHECK (use_count >= 0),
      asked_again_at timestamptz,
      CHECK ((revoked_at IS NULL) = (revoked_why IS NULL))
    );
    CREATE INDEX signed_link_by_user ON signed_link (user_id, id DESC);
    CREATE INDEX signed_link_by_subject ON signed_link (subject_id) WHERE revoked_at IS NULL;

    CREATE TABLE signed_link_code (
      id           uuid        PRIMARY KEY,
      link_id      uuid        NOT NULL REFERENCES signed_link,
      user_id      uuid        NOT NULL REFERENCES user_account,
      supplier_id  uuid        NOT NULL,
      act          text        NOT NULL CHECK (act ~ '^[a-z_]+\\.[a-z-]+$'),
      content_hash text        NOT NULL CHECK (length(content_hash) = 64),
      code_hash    text        NOT NULL CHECK (length(code_hash) = 64),
      sealed_code  bytea,
      tries        integer     NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
      created_at   timestamptz NOT NULL,
      expires_at   timestamptz NOT NULL,
      used_at      timestamptz
    );
    CREATE INDEX signed_link_code_by_link ON signed_link_code (link_id, id DESC);
    CREATE INDEX signed_link_code_by_user ON signed_link_code (user_id, created_at DESC);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE signed_link_code, signed_link');
