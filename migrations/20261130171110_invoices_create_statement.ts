import type { Knex } from 'knex';

/**
 * What a supplier delivered to a plant in a month, agreed line by line (对账单) and then invoiced at once, over several
 * receipts and orders. So a line of an invoice says which receipts it is for; an invoice is made from one receipt or from one
 * statement, and stands with the first of its orders.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE statement (
      id            uuid        PRIMARY KEY,
      reference     text        NOT NULL UNIQUE,
      supplier_id   uuid        NOT NULL REFERENCES supplier,
      plant_code    text        NOT NULL REFERENCES plant,
      -- Its first day.
      month         date        NOT NULL CHECK (extract(day FROM month) = 1),
      currency      text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      state         text        NOT NULL CHECK (state IN ('draft', 'sent', 'confirmed', 'disputed', 'revised', 'invoiced',
                                  'settled')),
      -- Counts how often it was sent.
      revision      integer     NOT NULL DEFAULT 0,
      created_by    uuid        NOT NULL REFERENCES user_account,
      created_at    timestamptz NOT NULL,
      sent_at       timestamptz,
      answered_by   uuid        REFERENCES user_account,
      answered_at   timestamptz,
      -- What the supplier says that is about no line.
      remark        text        CHECK (length(remark) BETWEEN 1 AND 2000),
      version       integer     NOT NULL DEFAULT 1,
      UNIQUE (supplier_id, plant_code, month, currency),
      CHECK (state = 'draft' OR sent_at IS NOT NULL),
      CHECK (state NOT IN ('confirmed', 'invoiced', 'settled') OR answered_by IS NOT NULL)
    );
    CREATE INDEX statement_newest ON statement (month DESC, id DESC);
    CREATE INDEX statement_by_supplier ON statement (supplier_id, month DESC, id DESC);

    CREATE TABLE statement_line (
      id                  uuid          PRIMARY KEY,
      statement_id        uuid          NOT NULL REFERENCES statement,
      line_no             integer       NOT NULL,
      -- What is to be invoiced by this statement, or what of the month is invoiced already.
      kind                text          NOT NULL CHECK (kind IN ('to_invoice', 'invoiced')),
      goods_receipt_id    uuid          NOT NULL REFERENCES goods_receipt,
      po_line_id          uuid          NOT NULL REFERENCES po_line,
      invoice_id          uuid          REFERENCES invoice,
      description         text          NOT NULL,
      quantity            numeric(20,6) NOT NULL CHECK (quantity > 0),
      unit                text          NOT NULL,
      unit_price          numeric(20,6) NOT NULL CHECK (unit_price >= 0),
      price_base_quantity numeric(20,6) NOT NULL CHECK (price_base_quantity > 0),
      amount              numeric(20,4) NOT NULL,
      is_left_out         boolean       NOT NULL DEFAULT false,
      -- Why the supplier does not agree, and what we answered.
      dispute             text          CHECK (length(dispute) BETWEEN 1 AND 1000),
      answer              text          CHECK (length(answer) BETWEEN 1 AND 1000),
      UNIQUE (statement_id, line_no),
      CHECK ((kind = 'invoiced') = (invoice_id IS NOT NULL))
    );
    CREATE INDEX statement_line_by_receipt ON statement_line (goods_receipt_id);

    ALTER TABLE invoice ADD COLUMN statement_id uuid REFERENCES statement;
    ALTER TABLE invoice ALTER COLUMN goods_receipt_id DROP NOT NULL;
    ALTER TABLE invoice ADD CONSTRAINT invoice_is_made_from_one CHECK ((goods_receipt_id IS NULL) <> (statement_id IS NULL));
    -- Of a statement one invoice at a time.
    CREATE UNIQUE INDEX invoice_one_a_statement ON invoice (statement_id) WHERE state NOT IN ('rejected', 'voided');

    CREATE TABLE invoice_line_receipt (
      invoice_line_id  uuid          NOT NULL REFERENCES invoice_line ON DELETE CASCADE,
      goods_receipt_id uuid          NOT NULL REFERENCES goods_receipt,
      quantity         numeric(20,6) NOT NULL CHECK (quantity > 0),
      PRIMARY KEY (invoice_line_id, goods_receipt_id)
    );
    CREATE INDEX invoice_line_receipt_by_receipt ON invoice_line_receipt (goods_receipt_id);
    INSERT INTO invoice_line_receipt (invoice_line_id, goods_receipt_id, quantity)
    SELECT line.id, invoice.goods_receipt_id, line.quantity
      FROM invoice_line AS line
      JOIN invoice ON invoice.id = line.invoice_id;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE invoice_line_receipt;
    ALTER TABLE invoice DROP COLUMN statement_id;
    DROP TABLE statement_line, statement;`);
