import type { Knex } from 'knex';

/** What the supplier announces and what arrived; a posted receipt is corrected only by a counter-document. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE despatch_advice (
      id              uuid        PRIMARY KEY,
      reference       text        NOT NULL UNIQUE,
      order_id        uuid        NOT NULL REFERENCES purchase_order,
      supplier_id     uuid        NOT NULL REFERENCES supplier,
      plant_code      text        NOT NULL REFERENCES plant,
      state           text        NOT NULL CHECK (state IN ('draft', 'submitted', 'in_transit', 'arrived', 'part_received', 'received', 'rejected', 'cancelled')),
      despatched_on   date        NOT NULL,
      expected_on     date        NOT NULL,
      carrier         text        NOT NULL DEFAULT '' CHECK (length(carrier) <= 200),
      tracking_number text        NOT NULL DEFAULT '' CHECK (length(tracking_number) <= 200),
      note            text        NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
      created_by      uuid        NOT NULL REFERENCES user_account,
      created_at      timestamptz NOT NULL,
      idempotency_key uuid        NOT NULL UNIQUE,
      CHECK (expected_on >= despatched_on)
    );
    CREATE INDEX despatch_advice_newest ON despatch_advice (created_at DESC, id DESC);
    CREATE INDEX despatch_advice_expected ON despatch_advice (expected_on, id) WHERE state = 'submitted';
    CREATE INDEX despatch_advice_by_order ON despatch_advice (order_id);
    CREATE INDEX despatch_advice_by_supplier ON despatch_advice (supplier_id, created_at DESC, id DESC);

    CREATE TABLE despatch_line (
      id                 uuid          PRIMARY KEY,
      despatch_advice_id uuid          NOT NULL REFERENCES despatch_advice,
      po_line_id         uuid          NOT NULL REFERENCES po_line,
      quantity           numeric(20,6) NOT NULL CHECK (quantity > 0),
      UNIQUE (despatch_advice_id, po_line_id)
    );

    CREATE TABLE goods_receipt (
      id                 uuid        PRIMARY KEY,
      reference          text        NOT NULL UNIQUE,
      order_id           uuid        NOT NULL REFERENCES purchase_order,
      despatch_advice_id uuid        UNIQUE REFERENCES despatch_advice,
      supplier_id        uuid        NOT NULL REFERENCES supplier,
      plant_code         text        NOT NULL REFERENCES plant,
      state              text        NOT NULL CHECK (state IN ('draft', 'counted', 'pending_inspection', 'accepted', 'part_accepted', 'rejected', 'posted', 'reversed')),
      received_on        date        NOT NULL,
      note               text        NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
      posted_by          uuid        NOT NULL REFERENCES user_account,
      posted_at          timestamptz NOT NULL,
      idempotency_key    uuid        NOT NULL UNIQUE
    );
    CREATE INDEX goods_receipt_newest ON goods_receipt (posted_at DESC, id DESC);
    CREATE INDEX goods_receipt_by_order ON goods_receipt (order_id);
    CREATE INDEX goods_receipt_by_supplier ON goods_receipt (supplier_id, posted_at DESC, id DESC);

    CREATE TABLE goods_receipt_line (
      id                 uuid          PRIMARY KEY,
      goods_receipt_id   uuid          NOT NULL REFERENCES goods_receipt,
      po_line_id         uuid          NOT NULL REFERENCES po_line,
      announced_quantity numeric(20,6) CHECK (announced_quantity > 0),
      quantity           numeric(20,6) NOT NULL CHECK (quantity >= 0),
      shortfall_reason   text          NOT NULL DEFAULT '' CHECK (length(shortfall_reason) <= 1000),
      UNIQUE (goods_receipt_id, po_line_id)
    );
    CREATE INDEX goods_receipt_line_by_po_line ON goods_receipt_line (po_line_id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE goods_receipt_line, goods_receipt, despatch_line, despatch_advice');
