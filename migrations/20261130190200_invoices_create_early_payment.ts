import type { Knex } from 'knex';

/**
 * An approved invoice paid on an earlier day for a discount: offered by the house's rule or proposed by the supplier, and
 * accepted by the other side. A payment says what it took; what the bank paid too late stays paid in part.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE early_payment (
      id              uuid          PRIMARY KEY,
      invoice_id      uuid          NOT NULL REFERENCES invoice,
      supplier_id     uuid          NOT NULL REFERENCES supplier,
      offered_by      text          NOT NULL CHECK (offered_by IN ('house', 'supplier')),
      pay_on          date          NOT NULL,
      -- When the invoice is due without it.
      due_on          date          NOT NULL,
      currency        text          NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      -- What the discount was reckoned from; of less, its share is taken.
      base_amount     numeric(20,4) NOT NULL CHECK (base_amount > 0),
      discount_amount numeric(20,4) NOT NULL CHECK (discount_amount > 0),
      taken_amount    numeric(20,4) CHECK (taken_amount > 0),
      state           text          NOT NULL CHECK (state IN ('proposed', 'accepted', 'refused', 'withdrawn', 'expired',
                        'taken', 'void')),
      expires_on      date          NOT NULL,
      answer          text          CHECK (length(answer) BETWEEN 1 AND 1000),
      made_by         uuid          NOT NULL REFERENCES user_account,
      created_at      timestamptz   NOT NULL,
      decided_by      uuid          REFERENCES user_account,
      decided_at      timestamptz,
      version         integer       NOT NULL DEFAULT 1,
      CHECK (pay_on < due_on),
      CHECK (expires_on <= pay_on),
      CHECK (discount_amount < base_amount),
      CHECK (taken_amount <= discount_amount),
      CHECK ((state = 'taken') = (taken_amount IS NOT NULL)),
      CHECK ((state = 'refused') = (answer IS NOT NULL)),
      CHECK (state NOT IN ('accepted', 'taken', 'void', 'refused') OR decided_by IS NOT NULL),
      -- What somebody proposed, somebody of the other side accepts.
      CHECK (offered_by = 'house' OR state NOT IN ('accepted', 'taken', 'void') OR decided_by <> made_by)
    );
    CREATE UNIQUE INDEX early_payment_one_an_invoice ON early_payment (invoice_id) WHERE state IN ('proposed', 'accepted');
    CREATE INDEX early_payment_by_invoice ON early_payment (invoice_id, created_at DESC, id DESC);
    CREATE INDEX early_payment_newest ON early_payment (created_at DESC, id DESC);
    CREATE INDEX early_payment_by_supplier ON early_payment (supplier_id, created_at DESC, id DESC);
    CREATE INDEX early_payment_passing ON early_payment (state, pay_on) WHERE state IN ('proposed', 'accepted');

    ALTER TABLE payment_line
      ADD COLUMN early_payment_id uuid          REFERENCES early_payment,
      ADD COLUMN discount_amount  numeric(20,4) NOT NULL DEFAULT 0 CHECK (discount_amount >= 0),
      -- Paid, and what is left of the invoice is paid by another: the discount was void when the bank paid.
      ADD COLUMN is_part          boolean       NOT NULL DEFAULT false,
      ADD CHECK (is_part OR (early_payment_id IS NULL) = (discount_amount = 0)),
      ADD CHECK (holds OR NOT is_part);
    CREATE INDEX payment_line_by_early_payment ON payment_line (early_payment_id) WHERE early_payment_id IS NOT NULL;
    CREATE INDEX payment_line_parts ON payment_line (invoice_id) WHERE is_part;
    DROP INDEX payment_line_one_an_invoice;
    CREATE UNIQUE INDEX payment_line_one_an_invoice ON payment_line (invoice_id) WHERE holds AND NOT is_part;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE payment_line DROP COLUMN early_payment_id, DROP COLUMN discount_amount, DROP COLUMN is_part;
    CREATE UNIQUE INDEX payment_line_one_an_invoice ON payment_line (invoice_id) WHERE holds;
    DROP TABLE early_payment`);
