import type { Knex } from 'knex';

/** What was wrong with goods, and the supplier's answer to it step by step (8D). Answers are kept, returned ones too. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE nonconformance (
      id                uuid          PRIMARY KEY,
      reference         text          NOT NULL UNIQUE,
      supplier_id       uuid          NOT NULL REFERENCES supplier,
      plant_code        text          NOT NULL REFERENCES plant,
      order_id          uuid          NOT NULL REFERENCES purchase_order,
      po_line_id        uuid          NOT NULL REFERENCES po_line,
      goods_receipt_id  uuid          NOT NULL REFERENCES goods_receipt,
      quantity          numeric(20,6) NOT NULL CHECK (quantity > 0),
      -- Rejected as it came, or found after it was taken.
      found             text          NOT NULL CHECK (found IN ('at_receipt', 'afterwards')),
      defect            text          NOT NULL CHECK (length(defect) BETWEEN 1 AND 2000),
      severity          text          NOT NULL CHECK (severity IN ('minor', 'major', 'critical')),
      needs_8d          boolean       NOT NULL,
      disposition       text          NOT NULL CHECK (disposition IN ('return', 'rework', 'scrap', 'use_as_is')),
      claim             text          NOT NULL CHECK (claim IN ('none', 'replacement', 'debit')),
      claim_amount      numeric(20,4) CHECK (claim_amount > 0),
      -- Taken back from what counted as received; the rest was invoiced already and is claimed.
      returned_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (returned_quantity >= 0 AND returned_quantity <= quantity),
      state             text          NOT NULL CHECK (state IN ('open', 'sent', 'contained', 'root_cause', 'action',
                                        'verification', 'returned', 'closed')),
      due_at            timestamptz,
      reminded_at       timestamptz,
      opened_by         uuid          NOT NULL REFERENCES user_account,
      opened_at         timestamptz   NOT NULL,
      closed_by         uuid          REFERENCES user_account,
      closed_at         timestamptz,
      closing_note      text          CHECK (length(closing_note) <= 2000),
      version           integer       NOT NULL DEFAULT 1,
      CHECK ((claim = 'debit') = (claim_amount IS NOT NULL)),
      CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
      CHECK ((state = 'closed') = (due_at IS NULL))
    );
    CREATE INDEX nonconformance_newest ON nonconformance (opened_at DESC, id DESC);
    CREATE INDEX nonconformance_by_supplier ON nonconformance (supplier_id, opened_at DESC, id DESC);
    CREATE INDEX nonconformance_by_order ON nonconformance (order_id);
    CREATE INDEX nonconformance_by_receipt ON nonconformance (goods_receipt_id);
    CREATE INDEX nonconformance_due ON nonconformance (due_at) WHERE due_at IS NOT NULL;

    CREATE TABLE corrective_action (
      id                 uuid        PRIMARY KEY,
      nonconformance_id  uuid        NOT NULL REFERENCES nonconformance,
      supplier_id        uuid        NOT NULL REFERENCES supplier,
      step               text        NOT NULL CHECK (step IN ('contained', 'root_cause', 'action', 'verification')),
      body               text        NOT NULL CHECK (length(body) BETWEEN 1 AND 5000),
      written_by         uuid        NOT NULL REFERENCES user_account,
      written_at         timestamptz NOT NULL,
      returned_by        uuid        REFERENCES user_account,
      returned_at        timestamptz,
      return_reason      text        CHECK (length(return_reason) BETWEEN 1 AND 2000),
      CHECK ((returned_by IS NULL) = (returned_at IS NULL) AND (returned_by IS NULL) = (return_reason IS NULL))
    );
    CREATE INDEX corrective_action_by_nonconformance ON corrective_action (nonconformance_id, written_at);
    -- One answer to a step stands; those that were returned stay beside it.
    CREATE UNIQUE INDEX corrective_action_one_stands ON corrective_action (nonconformance_id, step)
      WHERE returned_at IS NULL;`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE corrective_action, nonconformance');
