import type { Knex } from 'knex';

/**
 * Who may sign in. A staff member is known by (identity provider, NameID), never by an e-mail address: an
 * address can be given to somebody else. `supplier_id` gets its foreign key where suppliers are created.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE user_account (
      id                uuid        PRIMARY KEY,
      kind              text        NOT NULL CHECK (kind IN ('staff', 'supplier')),
      name              text        NOT NULL CHECK (name <> ''),
      email             text        NOT NULL CHECK (email <> ''),
      locale            text        NOT NULL DEFAULT 'en' CHECK (locale IN ('en', 'zh-CN')),
      time_zone         text        NOT NULL DEFAULT 'Asia/Shanghai',
      theme             text        NOT NULL DEFAULT 'auto' CHECK (theme IN ('auto', 'light', 'dark')),
      supplier_id       uuid,
      idp_entity_id     text,
      name_id           text,
      password_hash     text,
      is_active         boolean     NOT NULL DEFAULT true,
      last_signed_in_at timestamptz,
      created_at        timestamptz NOT NULL,
      version           integer     NOT NULL DEFAULT 1,
      UNIQUE (idp_entity_id, name_id),
      CHECK ((kind = 'supplier') = (supplier_id IS NOT NULL)),
      CHECK ((kind = 'staff') = (idp_entity_id IS NOT NULL)),
      CHECK ((idp_entity_id IS NULL) = (name_id IS NULL)),
      CHECK (kind = 'supplier' OR password_hash IS NULL)
    );
    CREATE UNIQUE INDEX user_account_by_password_email ON user_account (lower(email))
     WHERE kind = 'supplier' AND password_hash IS NOT NULL;
    CREATE INDEX user_account_by_supplier ON user_account (supplier_id) WHERE supplier_id IS NOT NULL;

    CREATE TABLE user_role (
      user_id    uuid        NOT NULL REFERENCES user_account,
      role       text        NOT NULL CHECK (role ~ '^[a-z_]+$'),
      granted_at timestamptz NOT NULL,
      PRIMARY KEY (user_id, role)
    );
    CREATE INDEX user_role_by_role ON user_role (role, user_id);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE user_role, user_account');
