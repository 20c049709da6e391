import type { Knex } from 'knex';

/** Suppliers and the people who answer for them; their sign-in lives in user_account. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE supplier (
      id            uuid        PRIMARY KEY,
      reference     text        NOT NULL UNIQUE,
      name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      country       text        CHECK (country ~ '^[A-Z]{2}$'),
      address_lines text[]      NOT NULL DEFAULT '{}',
      tax_id        text,
      language      text        NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'zh-CN')),
      state         text        NOT NULL CHECK (state IN ('invited', 'in_registration', 'pending_approval',
                                  'additional_info', 'registered', 'on_hold', 'rejected', 'deactivated')),
      created_at    timestamptz NOT NULL,
      version       integer     NOT NULL DEFAULT 1
    );
    CREATE UNIQUE INDEX supplier_by_name ON supplier (lower(name));

    CREATE TABLE supplier_contact (
      id          uuid PRIMARY KEY,
      supplier_id uuid NOT NULL REFERENCES supplier,
      user_id     uuid NOT NULL UNIQUE REFERENCES user_account,
      phone       text,
      is_primary  boolean NOT NULL DEFAULT false
    );
    CREATE UNIQUE INDEX supplier_contact_one_primary ON supplier_contact (supplier_id) WHERE is_primary;
    CREATE INDEX supplier_contact_by_supplier ON supplier_contact (supplier_id);
    ALTER TABLE user_account ADD FOREIGN KEY (supplier_id) REFERENCES supplier;`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE supplier_contact, supplier CASCADE');
