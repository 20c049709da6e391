import type { Knex } from 'knex';

/**
 * What makes an invoice cheaper: a supplier's credit note against one of its invoices, and our debit note for goods that
 * were not as they should be. What was agreed is applied to invoices; an invoice credited in full ends without a payment,
 * so a payment line may be of nothing.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE credit_note (
      id                uuid          PRIMARY KEY,
      reference         text          NOT NULL UNIQUE,
      -- The supplier's, or ours.
      kind              text          NOT NULL CHECK (kind IN ('credit_note', 'debit_note')),
      supplier_id       uuid          NOT NULL REFERENCES supplier,
      order_id          uuid          NOT NULL REFERENCES purchase_order,
      invoice_id        uuid          REFERENCES invoice,
      nonconformance_id uuid          UNIQUE REFERENCES nonconformance,
      supplier_number   text          CHECK (length(supplier_number) BETWEEN 1 AND 60),
      normalised_number text          CHECK (normalised_number <> ''),
      currency          text          NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      issued_on         date          NOT NULL,
      reason            text          NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
      net_amount        numeric(20,4) NOT NULL CHECK (net_amount > 0),
      tax_rate          numeric(7,4)  NOT NULL CHECK (tax_rate BETWEEN 0 AND 100),
      tax_amount        numeric(20,4) NOT NULL CHECK (tax_amount >= 0),
      gross_amount      numeric(20,4) NOT NULL,
      state             text          NOT NULL CHECK (state IN ('draft', 'submitted', 'sent', 'contested', 'approved',
                          'rejected', 'withdrawn')),
      -- Why it was rejected, contested or withdrawn, and what was said when it was revised.
      answer            text          CHECK (length(answer) BETWEEN 1 AND 2000),
      created_by        uuid          NOT NULL REFERENCES user_account,
      created_at        timestamptz   NOT NULL,
      decided_by        uuid          REFERENCES user_account,
      decided_at        timestamptz,
      version           integer       NOT NULL DEFAULT 1,
      CHECK (gross_amount = net_amount + tax_amount),
      CHECK ((kind = 'credit_note') = (invoice_id IS NOT NULL)),
      CHECK ((kind = 'credit_note') = (normalised_number IS NOT NULL)),
      CHECK ((kind = 'debit_note') = (nonconformance_id IS NOT NULL)),
      CHECK (state NOT IN ('rejected', 'contested', 'withdrawn') OR answer IS NOT NULL),
      CHECK (state <> 'approved' OR decided_by IS NOT NULL)
    );
    CREATE UNIQUE INDEX credit_note_one_number_a_supplier ON credit_note (supplier_id, normalised_number)
      WHERE state NOT IN ('rejected', 'withdrawn');
    CREATE INDEX credit_note_newest ON credit_note (created_at DESC, id DESC);
    CREATE INDEX credit_note_by_supplier ON credit_note (supplier_id, created_at DESC, id DESC);
    CREATE INDEX credit_note_by_invoice ON credit_note (invoice_id);
    CREATE INDEX credit_note_by_order ON credit_note (order_id);

    CREATE TABLE credit_application (
      id              uuid          PRIMARY KEY,
      credit_note_id  uuid          NOT NULL REFERENCES credit_note,
      invoice_id      uuid          NOT NULL REFERENCES invoice,
      -- The line of the payment run that takes it; null where its own invoice was cheaper from the approval on.
      payment_line_id uuid          REFERENCES payment_line,
      amount          numeric(20,4) NOT NULL CHECK (amount > 0),
      -- False once its payment line was let go: it can be applied again.
      holds           boolean       NOT NULL DEFAULT true,
      created_at      timestamptz   NOT NULL
    );
    CREATE INDEX credit_application_by_note ON credit_application (credit_note_id) WHERE holds;
    CREATE INDEX credit_application_by_invoice ON credit_application (invoice_id) WHERE holds;
    CREATE INDEX credit_application_by_payment_line ON credit_application (payment_line_id);

    ALTER TABLE payment_line DROP CONSTRAINT payment_line_amount_check;
    ALTER TABLE payment_line ADD CONSTRAINT payment_line_amount_check CHECK (amount >= 0);

    ALTER TABLE invoice DROP CONSTRAINT invoice_state_check;
    ALTER TABLE invoice ADD CONSTRAINT invoice_state_check CHECK (state IN ('draft', 'submitted', 'received', 'matching',
      'matched', 'exception', 'disputed', 'corrected', 'pending_approval', 'approved', 'scheduled', 'paid', 'credited',
      'rejected', 'voided', 'suspected_duplicate'));
    DROP INDEX invoice_unpaid_by_due;
    CREATE INDEX invoice_unpaid_by_due ON invoice (due_on, id) WHERE state NOT IN ('paid', 'credited', 'rejected', 'voided');`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE credit_application, credit_note;
    ALTER TABLE payment_line DROP CONSTRAINT payment_line_amount_check;
    ALTER TABLE payment_line ADD CONSTRAINT payment_line_amount_check CHECK (amount > 0);`);
