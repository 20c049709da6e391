import type { Knex } from 'knex';

/**
 * What the supplier answers to each line, and changes of orders that either side proposes. A line that is cancelled
 * stays, with nothing ordered on it; a version of an order says how much is delivered when, and never touches what
 * was shipped, received or invoiced.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE order_response_line (
      order_response_id uuid NOT NULL REFERENCES order_response,
      po_line_id        uuid NOT NULL REFERENCES po_line,
      code              text NOT NULL CHECK (code IN ('5', '3', '7', '42')),
      reason            text NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
      PRIMARY KEY (order_response_id, po_line_id)
    );

    CREATE TABLE change_order (
      id              uuid        PRIMARY KEY,
      order_id        uuid        NOT NULL REFERENCES purchase_order,
      supplier_id     uuid        NOT NULL REFERENCES supplier,
      change_no       integer     NOT NULL CHECK (change_no > 0),
      proposed_side   text        NOT NULL CHECK (proposed_side IN ('buyer', 'supplier')),
      kind            text        NOT NULL CHECK (kind IN ('change', 'cancellation')),
      state           text        NOT NULL
                      CHECK (state IN ('sent', 'accepted', 'applied', 'rejected', 'withdrawn', 'overtaken')),
      base_version    integer     NOT NULL,
      lines           jsonb       NOT NULL CHECK (jsonb_array_length(lines) > 0),
      reason          text        NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
      is_tolerated    boolean     NOT NULL DEFAULT false,
      proposed_by     uuid        NOT NULL REFERENCES user_account,
      proposed_at     timestamptz NOT NULL,
      decided_by      uuid        REFERENCES user_account,
      decided_at      timestamptz,
      decision_reason text        NOT NULL DEFAULT '' CHECK (length(decision_reason) <= 1000),
      applied_version integer,
      due_at          timestamptz,
      reminded_at     timestamptz,
      escalated_at    timestamptz,
      version         integer     NOT NULL DEFAULT 1,
      UNIQUE (order_id, change_no),
      CHECK ((state = 'applied') = (applied_version IS NOT NULL)),
      CHECK (due_at IS NULL OR state = 'sent')
    );
    CREATE INDEX change_order_by_due ON change_order (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX change_order_open ON change_order (supplier_id, proposed_at) WHERE state = 'sent';

    ALTER TABLE purchase_order
      ADD COLUMN answer_reminded_at  timestamptz,
      ADD COLUMN answer_escalated_at timestamptz;

    ALTER TABLE po_line
      DROP CONSTRAINT po_line_quantity_check,
      ADD CONSTRAINT po_line_quantity_check CHECK (quantity >= 0);

    -- Deliveries of a line add up to what is ordered, and so, with their own checks, nothing falls below what moved.
    CREATE FUNCTION po_line_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.quantity <> (SELECT COALESCE(sum(schedule.quantity), 0)
                            FROM po_schedule AS schedule
                           WHERE schedule.po_line_id = NEW.id)
      THEN
        RAISE EXCEPTION 'The deliveries of order line % do not add up to what is ordered', NEW.id
          USING ERRCODE = 'check_violation';
      END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER po_line_adds_up AFTER UPDATE OF quantity ON po_line
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION po_line_adds_up();`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TRIGGER po_line_adds_up ON po_line;
    DROP FUNCTION po_line_adds_up;
    ALTER TABLE po_line
      DROP CONSTRAINT po_line_quantity_check,
      ADD CONSTRAINT po_line_quantity_check CHECK (quantity > 0);
    ALTER TABLE purchase_order DROP COLUMN answer_reminded_at, DROP COLUMN answer_escalated_at;
    DROP TABLE change_order, order_response_line`);
