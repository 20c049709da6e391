import type { Knex } from 'knex';

/** Work that a supplier says it has done on a line of an order; what is accepted counts as received. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE service_entry (
      id               uuid          PRIMARY KEY,
      reference        text          NOT NULL UNIQUE,
      order_id         uuid          NOT NULL REFERENCES purchase_order,
      po_line_id       uuid          NOT NULL REFERENCES po_line,
      supplier_id      uuid          NOT NULL REFERENCES supplier,
      state            text          NOT NULL CHECK (state IN ('submitted', 'accepted', 'refused', 'withdrawn')),
      worked_from      date          NOT NULL,
      worked_until     date          NOT NULL CHECK (worked_until >= worked_from),
      quantity         numeric(20,6) NOT NULL CHECK (quantity > 0),
      description      text          NOT NULL CHECK (length(description) BETWEEN 1 AND 2000),
      submitted_by     uuid          NOT NULL REFERENCES user_account,
      submitted_at     timestamptz   NOT NULL,
      idempotency_key  uuid          NOT NULL UNIQUE,
      due_at           timestamptz   NOT NULL,
      reminded_at      timestamptz,
      decided_by       uuid          REFERENCES user_account,
      decided_at       timestamptz,
      decision_reason  text          NOT NULL DEFAULT '' CHECK (length(decision_reason) <= 1000),
      goods_receipt_id uuid          UNIQUE REFERENCES goods_receipt,
      -- Nothing is accepted by silence: somebody did, and the receipt that it counts by is there.
      CHECK ((state IN ('accepted', 'refused')) = (decided_by IS NOT NULL)),
      CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
      CHECK ((state = 'accepted') = (goods_receipt_id IS NOT NULL)),
      CHECK (state <> 'refused' OR decision_reason <> '')
    );
    CREATE INDEX service_entry_by_order ON service_entry (order_id, submitted_at DESC);
    CREATE INDEX service_entry_unanswered ON service_entry (due_at) WHERE state = 'submitted'`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE service_entry');
