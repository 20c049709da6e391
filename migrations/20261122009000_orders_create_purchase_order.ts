import type { Knex } from 'knex';

/** The order, each version as it was issued, its lines and their dated deliveries. What was shipped, received and invoiced is counted on the schedule and never altered by a later version. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE purchase_order (
      id                 uuid          PRIMARY KEY,
      reference          text          NOT NULL UNIQUE,
      award_id           uuid          REFERENCES award,
      event_id           uuid          REFERENCES sourcing_event,
      supplier_id        uuid          NOT NULL REFERENCES supplier,
      plant_code         text          NOT NULL REFERENCES plant,
      buyer_id           uuid          NOT NULL REFERENCES user_account,
      title              text          NOT NULL,
      currency           text          NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      incoterm           text          NOT NULL,
      incoterm_place     text          NOT NULL DEFAULT '',
      payment_terms_days integer       NOT NULL,
      state              text          NOT NULL CHECK (state IN ('draft', 'pending_approval', 'approved', 'sent', 'acknowledged',
                           'open', 'part_received', 'received', 'part_invoiced', 'invoiced', 'closed', 'cancel_pending', 'cancelled')),
      current_version    integer       NOT NULL DEFAULT 1,
      total_amount       numeric(20,4) NOT NULL,
      line_count         integer       NOT NULL,
      issued_on          date          NOT NULL,
      next_due_on        date,
      sent_at            timestamptz,
      acknowledged_at    timestamptz,
      acknowledged_by    uuid          REFERENCES user_account,
      created_at         timestamptz   NOT NULL,
      version            integer       NOT NULL DEFAULT 1,
      UNIQUE (award_id, supplier_id)
    );
    CREATE INDEX purchase_order_by_issue ON purchase_order (issued_on, id);
    CREATE INDEX purchase_order_by_supplier ON purchase_order (supplier_id, issued_on, id);
    CREATE INDEX purchase_order_by_state ON purchase_order (state, issued_on, id);
    CREATE INDEX purchase_order_by_amount ON purchase_order (currency, total_amount, id);
    CREATE INDEX purchase_order_by_due ON purchase_order ((COALESCE(next_due_on, 'infinity'::date)), id);
    CREATE INDEX purchase_order_unanswered ON purchase_order (sent_at) WHERE state = 'sent';

    CREATE TABLE po_version (
      id          uuid        PRIMARY KEY,
      order_id    uuid        NOT NULL REFERENCES purchase_order,
      version     integer     NOT NULL CHECK (version > 0),
      content     jsonb       NOT NULL,
      sha256      text        NOT NULL,
      issued_at   timestamptz NOT NULL,
      document_id uuid        REFERENCES document,
      UNIQUE (order_id, version)
    );

    CREATE TABLE po_line (
      id                  uuid          PRIMARY KEY,
      order_id            uuid          NOT NULL REFERENCES purchase_order,
      line_no             integer       NOT NULL,
      event_item_id       uuid          REFERENCES event_item,
      item_code           text,
      description         text          NOT NULL,
      quantity            numeric(20,6) NOT NULL CHECK (quantity > 0),
      unit                text          NOT NULL,
      unit_price          numeric(20,6) NOT NULL CHECK (unit_price >= 0),
      price_base_quantity numeric(20,6) NOT NULL DEFAULT 1,
      amount              numeric(20,4) NOT NULL,
      UNIQUE (order_id, line_no)
    );

    CREATE TABLE po_schedule (
      id                uuid          PRIMARY KEY,
      po_line_id        uuid          NOT NULL REFERENCES po_line,
      schedule_no       integer       NOT NULL DEFAULT 1,
      quantity          numeric(20,6) NOT NULL CHECK (quantity > 0),
      due_on            date,
      response          text          NOT NULL DEFAULT 'no_response' CHECK (response IN ('no_response', 'accepted', 'rejected', 'proposed', 'taken', 'refused')),
      fulfilment        text          NOT NULL DEFAULT 'open' CHECK (fulfilment IN ('open', 'part_shipped', 'shipped', 'part_received', 'received', 'short_closed')),
      shipped_quantity  numeric(20,6) NOT NULL DEFAULT 0 CHECK (shipped_quantity >= 0),
      received_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (received_quantity >= 0),
      invoiced_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (invoiced_quantity >= 0),
      UNIQUE (po_line_id, schedule_no),
      CHECK (shipped_quantity <= quantity),
      CHECK (received_quantity <= quantity),
      CHECK (invoiced_quantity <= received_quantity)
    );

    CREATE TABLE order_response (
      id           uuid        PRIMARY KEY,
      order_id     uuid        NOT NULL REFERENCES purchase_order,
      version      integer     NOT NULL,
      code         text        NOT NULL CHECK (code IN ('AB', 'AP', 'CA', 'RE')),
      note         text        NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
      responded_by uuid        NOT NULL REFERENCES user_account,
      responded_at timestamptz NOT NULL
    );
    CREATE INDEX order_response_by_order ON order_response (order_id, responded_at);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE order_response, po_schedule, po_line, po_version, purchase_order');
