import type { Knex } from 'knex';

/** The supplier's invoice, each version of its figures as they were sent, its lines against order and receipt, and each difference that somebody has to look at. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE invoice (
      id                uuid          PRIMARY KEY,
      reference         text          NOT NULL UNIQUE,
      supplier_number   text          NOT NULL CHECK (length(supplier_number) BETWEEN 1 AND 60),
      normalised_number text          NOT NULL CHECK (normalised_number <> ''),
      order_id          uuid          NOT NULL REFERENCES purchase_order,
      supplier_id       uuid          NOT NULL REFERENCES supplier,
      goods_receipt_id  uuid          NOT NULL REFERENCES goods_receipt,
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
      submitted_by      uuid          NOT NULL REFERENCES user_account,
      submitted_at      timestamptz   NOT NULL,
      current_version   integer       NOT NULL DEFAULT 1,
      accepted_by       uuid          REFERENCES user_account,
      approved_by       uuid          REFERENCES user_account,
      approved_at       timestamptz,
      paid_on           date,
      payment_reference text          CHECK (length(payment_reference) <= 100),
      created_at        timestamptz   NOT NULL,
      version           integer       NOT NULL DEFAULT 1,
      CHECK (state NOT IN ('approved', 'scheduled', 'paid') OR (approved_by IS NOT NULL AND approved_by <> submitted_by)),
      CHECK (state <> 'paid' OR (paid_on IS NOT NULL AND payment_reference IS NOT NULL)),
      CHECK (state <> 'rejected' OR rejection_reason IS NOT NULL)
    );
    CREATE UNIQUE INDEX invoice_one_number_a_supplier ON invoice (supplier_id, normalised_number)
      WHERE state NOT IN ('rejected', 'voided', 'suspected_duplicate');
    CREATE INDEX invoice_newest ON invoice (created_at DESC, id DESC);
    CREATE INDEX invoice_by_supplier ON invoice (supplier_id, created_at DESC, id DESC);
    CREATE INDEX invoice_by_order ON invoice (order_id);
    CREATE INDEX invoice_by_receipt ON invoice (goods_receipt_id);
    CREATE INDEX invoice_by_state ON invoice (state, created_at DESC, id DESC);
    CREATE INDEX invoice_unpaid_by_due ON invoice (due_on, id) WHERE state NOT IN ('paid', 'rejected', 'voided');

    CREATE TABLE invoice_version (
      id           uuid        PRIMARY KEY,
      invoice_id   uuid        NOT NULL REFERENCES invoice,
      version      integer     NOT NULL CHECK (version > 0),
      content      jsonb       NOT NULL,
      sha256       text        NOT NULL,
      submitted_by uuid        NOT NULL REFERENCES user_account,
      submitted_at timestamptz NOT NULL,
      UNIQUE (invoice_id, version)
    );

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
      UNIQUE (invoice_id, line_no),
      UNIQUE (invoice_id, po_line_id)
    );
    CREATE INDEX invoice_line_by_po_line ON invoice_line (po_line_id);

    CREATE TABLE match_exception (
      id              uuid          PRIMARY KEY,
      invoice_id      uuid          NOT NULL REFERENCES invoice,
      version         integer       NOT NULL,
      po_line_id      uuid          REFERENCES po_line,
      kind            text          NOT NULL CHECK (kind IN ('price', 'quantity', 'not_received', 'amount', 'tax')),
      expected        numeric(20,6) NOT NULL,
      actual          numeric(20,6) NOT NULL,
      amount_effect   numeric(20,4) NOT NULL,
      acts_next       text          NOT NULL CHECK (acts_next IN ('supplier', 'buyer', 'finance', 'receiver')),
      due_on          date          NOT NULL,
      state           text          NOT NULL CHECK (state IN ('open', 'resolved')),
      resolved_how    text          CHECK (resolved_how IN ('corrected', 'accepted', 'rejected')),
      reason          text          CHECK (length(reason) <= 2000),
      resolved_by     uuid          REFERENCES user_account,
      resolved_at     timestamptz,
      created_at      timestamptz   NOT NULL,
      FOREIGN KEY (invoice_id, version) REFERENCES invoice_version (invoice_id, version),
      CHECK ((state = 'open') = (resolved_how IS NULL)),
      CHECK (resolved_how <> 'accepted' OR reason IS NOT NULL)
    );
    CREATE INDEX match_exception_by_invoice ON match_exception (invoice_id);
    CREATE INDEX match_exception_open ON match_exception (due_on, id) WHERE state = 'open';`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE match_exception, invoice_line, invoice_version, invoice');
