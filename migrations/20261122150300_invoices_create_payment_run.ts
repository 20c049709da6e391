import type { Knex } from 'knex';

/**
 * What is paid together, by the bank's orders: a payment a supplier, with the invoices it is for. An invoice is held by
 * one payment at a time, whatever becomes of the others.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE payment_run (
      id                  uuid        PRIMARY KEY,
      reference           text        NOT NULL UNIQUE,
      currency            text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      due_until           date        NOT NULL,
      pay_on              date        NOT NULL,
      state               text        NOT NULL CHECK (state IN ('draft', 'released', 'completed', 'cancelled')),
      created_by          uuid        NOT NULL REFERENCES user_account,
      created_at          timestamptz NOT NULL,
      released_by         uuid        REFERENCES user_account,
      released_at         timestamptz,
      cancellation_reason text        CHECK (length(cancellation_reason) <= 2000),
      version             integer     NOT NULL DEFAULT 1,
      CHECK (state NOT IN ('released', 'completed') OR (released_by IS NOT NULL AND released_by <> created_by)),
      CHECK ((released_by IS NULL) = (released_at IS NULL)),
      CHECK ((state = 'cancelled') = (cancellation_reason IS NOT NULL))
    );
    CREATE INDEX payment_run_newest ON payment_run (created_at DESC, id DESC);
    CREATE INDEX payment_run_under_way ON payment_run (state, pay_on) WHERE state IN ('draft', 'released');

    CREATE TABLE payment (
      id             uuid        PRIMARY KEY,
      reference      text        NOT NULL UNIQUE,
      run_id         uuid        NOT NULL REFERENCES payment_run,
      supplier_id    uuid        NOT NULL REFERENCES supplier,
      currency       text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      pay_on         date        NOT NULL,
      state          text        NOT NULL CHECK (state IN ('planned', 'ordered', 'paid', 'refused', 'cancelled')),
      paid_on        date,
      bank_reference text        CHECK (length(bank_reference) <= 100),
      refusal_reason text        CHECK (length(refusal_reason) <= 2000),
      document_id    uuid        REFERENCES document,
      created_at     timestamptz NOT NULL,
      UNIQUE (run_id, supplier_id),
      CHECK ((state = 'paid') = (paid_on IS NOT NULL)),
      CHECK ((state = 'refused') = (refusal_reason IS NOT NULL))
    );
    CREATE INDEX payment_by_supplier ON payment (supplier_id, created_at DESC, id DESC);

    CREATE TABLE payment_line (
      id            uuid          PRIMARY KEY,
      payment_id    uuid          NOT NULL REFERENCES payment,
      invoice_id    uuid          NOT NULL REFERENCES invoice,
      amount        numeric(20,4) NOT NULL CHECK (amount > 0),
      -- False once the invoice was taken out, or the bank did not pay.
      holds         boolean       NOT NULL DEFAULT true,
      let_go_reason text          CHECK (length(let_go_reason) <= 2000),
      CHECK (holds = (let_go_reason IS NULL))
    );
    CREATE UNIQUE INDEX payment_line_one_an_invoice ON payment_line (invoice_id) WHERE holds;
    CREATE INDEX payment_line_by_payment ON payment_line (payment_id);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE payment_line, payment, payment_run');
