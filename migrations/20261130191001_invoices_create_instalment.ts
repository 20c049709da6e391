import type { Knex } from 'knex';

/**
 * How far the instalments of orders are (a row from the first act on one), the invoices made from them, and what later
 * invoices are less by because it was paid in advance.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE instalment (
      id              uuid        PRIMARY KEY,
      order_id        uuid        NOT NULL REFERENCES purchase_order,
      -- In the order's payment plan: 0 is the prepayment.
      instalment_no   integer     NOT NULL CHECK (instalment_no >= 0),
      supplier_id     uuid        NOT NULL REFERENCES supplier,
      state           text        NOT NULL CHECK (state IN ('planned', 'asked', 'due', 'invoiced')),
      note            text        NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
      asked_by        uuid        REFERENCES user_account,
      asked_at        timestamptz,
      -- The day that it was reached, as whoever confirmed it says.
      reached_on      date,
      decided_by      uuid        REFERENCES user_account,
      decided_at      timestamptz,
      decision_reason text        NOT NULL DEFAULT '' CHECK (length(decision_reason) <= 1000),
      version         integer     NOT NULL DEFAULT 1,
      UNIQUE (order_id, instalment_no),
      CHECK (state <> 'asked' OR asked_by IS NOT NULL),
      CHECK (reached_on IS NULL OR decided_by IS NOT NULL)
    );
    CREATE INDEX instalment_by_supplier ON instalment (supplier_id);
    CREATE INDEX instalment_asked ON instalment (asked_at) WHERE state = 'asked';

    CREATE INDEX purchase_order_with_plan ON purchase_order (supplier_id) WHERE payment_plan IS NOT NULL;

    ALTER TABLE invoice ADD COLUMN instalment_id uuid REFERENCES instalment;
    ALTER TABLE invoice DROP CONSTRAINT invoice_is_made_from_one;
    ALTER TABLE invoice ADD CONSTRAINT invoice_is_made_from_one
      CHECK (num_nonnulls(goods_receipt_id, statement_id, instalment_id) = 1);
    CREATE UNIQUE INDEX invoice_one_an_instalment ON invoice (instalment_id) WHERE state NOT IN ('rejected', 'voided');

    CREATE TABLE prepayment_deduction (
      id                 uuid          PRIMARY KEY,
      -- The instalment's invoice, and the invoice for received goods that is less by it.
      prepaid_invoice_id uuid          NOT NULL REFERENCES invoice,
      invoice_id         uuid          NOT NULL REFERENCES invoice,
      amount             numeric(20,4) NOT NULL CHECK (amount > 0),
      -- What of the amount is tax that the instalment's invoice has stated already.
      tax_amount         numeric(20,4) NOT NULL CHECK (tax_amount >= 0 AND tax_amount <= amount),
      -- False once either invoice was rejected, or the later one corrected: it can be deducted again.
      holds              boolean       NOT NULL DEFAULT true,
      created_at         timestamptz   NOT NULL
    );
    CREATE UNIQUE INDEX prepayment_deduction_one_a_pair ON prepayment_deduction (prepaid_invoice_id, invoice_id) WHERE holds;
    CREATE INDEX prepayment_deduction_by_invoice ON prepayment_deduction (invoice_id) WHERE holds;

    ALTER TABLE match_exception DROP CONSTRAINT match_exception_kind_check;
    ALTER TABLE match_exception ADD CONSTRAINT match_exception_kind_check
      CHECK (kind IN ('price', 'quantity', 'not_received', 'over_billing', 'amount', 'tax', 'charge',
        'unplanned_charge', 'instalment'));`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE prepayment_deduction;
    ALTER TABLE invoice DROP COLUMN instalment_id;
    ALTER TABLE invoice ADD CONSTRAINT invoice_is_made_from_one CHECK ((goods_receipt_id IS NULL) <> (statement_id IS NULL));
    DROP TABLE instalment;
    DROP INDEX purchase_order_with_plan;`);
