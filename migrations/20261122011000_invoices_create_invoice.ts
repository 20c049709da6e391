import type { Knex } from 'knex';

/** The supplier's invoice as it was sent, its lines against order and receipt, and each difference that somebody has to look at. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE invoice (
      id                uuid          PRIMARY KEY,
      reference         text          NOT NULL UNIQUE,
      supplier_number   text          NOT NULL CHECK (length(supplier_number) BETWEEN 1 AND 60),
      normalised_number text          NOT NULL CHECK (normalised_number <> ''),
      order_id          uuid          NOT NULL REFERENCES purchase_order,
      supplier_id       uuid          NOT NULL REFERENCES supplier,
      goods_receipt_id  uuid          REFERENCES goods_receipt,
      corrects_id       uuid          REFERENCES invoice,
      currency          text          NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      issued_on         date          NOT NULL,
      due_on            date          NOT NULL,
      net_amount        numeric(20,4) NOT NULL,
      tax_rate          numeric(7,4)  NOT NULL CHECK (tax_rate BETWEEN 0 AND 100),
      tax_amount        numeric(20,4) NOT NULL,
      gross_amount      numeric(20,4) NOT NULL,
      state             text          NOT NULL CHECK (state IN ('draft', 'submitted', 'received', 'matching', 'matched', 'exception',
                          'disputed', 'corrected', 'pending_approval', 'approved', 'scheduled', 'paid', 'rejected', 'voided', 'suspected_duplicate')),
      rejection_reason  text          CHECK (length(rejection_reason) <= 2000),
      submitted_by      uuid          REFERENCES user_account,
      submitted_at      timestamptz,
      approved_by       uuid          REFERENCES user_account,
      approved_at       timestamptz,
      paid_on           date,
      payment_reference text          CHECK (length(payment_reference) <= 100),
      created_at        timestamptz   NOT NULL,
      version           integer       NOT NULL DEFAULT 1
    );
    CREATE UNIQUE INDEX invoice_one_number_a_supplier ON invoice (supplier_id, normalised_number)
      WHERE state NOT IN ('rejected', 'voided', 'suspected_duplicate', 'corrected');
    CREATE INDEX invoice_newest ON invoice (created_at DESC, id DESC);
    CREATE INDEX invoice_by_supplier ON invoice (supplier_id, created_at DESC, id DESC);
    CREATE INDEX invoice_by_order ON invoice (order_id);
    CREATE INDEX invoice_by_state ON invoice (state, created_at DESC, id DESC);

    CREATE TABLE invoice_line (
      id          uuid          PRIMARY KEY,
      invoice_id  uuid          NOT NULL REFERENCES invoice,
      line_no     integer       NOT NULL,
      po_line_id  uuid          NOT NULL REFERENCES po_line,
      description text          NOT NULL,
      quantity    numeric(20,6) NOT NULL CHECK (quantity > 0),
      unit        text          NOT NULL,
      unit_price  numeric(20,6) NOT NULL CHECK (unit_price >= 0),
      price_base_quantity numeric(20,6) NOT NULL DEFAULT 1,
      amount      numeric(20,4) NOT NULL,
      UNIQUE (invoice_id, line_no)
    );
    CREATE INDEX invoice_line_by_po_line ON invoice_line (po_line_id);

    CREATE TABLE match_exception (
      id              uuid          PRIMARY KEY,
      invoice_id      uuid          NOT NULL REFERENCES invoice,
      invoice_line_id uuid          REFERENCES invoice_line,
      kind            text          NOT NULL CHECK (kind IN ('price', 'quantity', 'not_received', 'amount', 'tax')),
      expected        numeric(20,6) NOT NULL,
      actual          numeric(20,6) NOT NULL,
      amount_effect   numeric(20,4) NOT NULL,
      acts_next       text          NOT NULL CHECK (acts_next IN ('supplier', 'buyer', 'finance', 'receiver')),
      due_on          date          NOT NULL,
      state           text          NOT NULL CHECK (state IN ('open', 'resolved')),
      resolution      text          CHECK (length(resolution) <= 2000),
      resolved_by     uuid          REFERENCES user_account,
      resolved_at     timestamptz,
      created_at      timestamptz   NOT NULL
    );
    CREATE INDEX match_exception_by_invoice ON match_exception (invoice_id);
    CREATE INDEX match_exception_open ON match_exception (acts_next, due_on) WHERE state = 'open';`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE match_exception, invoice_line, invoice');
