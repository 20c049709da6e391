import type { Knex } from 'knex';

/**
 * What is held back of invoices for received goods. Released, it is paid by a payment run as a line of its own beside
 * its invoice's, and credits may be taken from it.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE retention (
      id             uuid          PRIMARY KEY,
      invoice_id     uuid          NOT NULL REFERENCES invoice,
      -- Of a statement's invoice each of its orders holds back its own.
      order_id       uuid          NOT NULL REFERENCES purchase_order,
      supplier_id    uuid          NOT NULL REFERENCES supplier,
      currency       text          NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      percent        numeric(7,4)  NOT NULL CHECK (percent > 0 AND percent < 100),
      amount         numeric(20,4) NOT NULL CHECK (amount > 0),
      -- Void: its invoice was corrected or rejected.
      state          text          NOT NULL CHECK (state IN ('held', 'asked', 'released', 'scheduled', 'paid', 'void')),
      -- Why its release is asked for before it is due, and what was answered.
      reason         text          NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
      answer         text          NOT NULL DEFAULT '' CHECK (length(answer) <= 1000),
      asked_by       uuid          REFERENCES user_account,
      asked_at       timestamptz,
      -- Nobody, where it fell due by its date.
      released_by    uuid          REFERENCES user_account,
      released_at    timestamptz,
      paid_on        date,
      created_at     timestamptz   NOT NULL,
      version        integer       NOT NULL DEFAULT 1,
      CHECK (state <> 'asked' OR asked_by IS NOT NULL),
      CHECK (state NOT IN ('released', 'scheduled', 'paid') OR released_at IS NOT NULL),
      CHECK (released_by IS NULL OR released_by <> asked_by),
      CHECK ((state = 'paid') = (paid_on IS NOT NULL))
    );
    CREATE UNIQUE INDEX retention_one_an_invoice_and_order ON retention (invoice_id, order_id) WHERE state <> 'void';
    CREATE INDEX retention_newest ON retention (created_at DESC, id DESC);
    CREATE INDEX retention_by_supplier ON retention (supplier_id, created_at DESC, id DESC);
    CREATE INDEX retention_waiting ON retention (order_id) WHERE state IN ('held', 'asked');
    CREATE INDEX retention_to_pay ON retention (currency) WHERE state = 'released';

    ALTER TABLE payment_line ADD COLUMN retention_id uuid REFERENCES retention;
    ALTER TABLE credit_application ADD COLUMN retention_id uuid REFERENCES retention;
    DROP INDEX payment_line_one_an_invoice;
    CREATE UNIQUE INDEX payment_line_one_an_invoice ON payment_line (invoice_id)
      WHERE holds AND NOT is_part AND retention_id IS NULL;
    CREATE UNIQUE INDEX payment_line_one_a_retention ON payment_line (retention_id) WHERE holds;
    CREATE INDEX payment_line_by_invoice ON payment_line (invoice_id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE credit_application DROP COLUMN retention_id;
    ALTER TABLE payment_line DROP COLUMN retention_id;
    CREATE UNIQUE INDEX payment_line_one_an_invoice ON payment_line (invoice_id) WHERE holds AND NOT is_part;
    DROP INDEX payment_line_by_invoice;
    DROP TABLE retention;`);
