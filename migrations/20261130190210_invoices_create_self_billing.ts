import type { Knex } from 'knex';

/**
 * That we make a supplier's invoices: an agreement that finance proposes and a person of the supplier accepts, and each
 * invoice that was made under it, from one receipt or one agreed statement, until its supplier has accepted it.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE self_billing_agreement (
      id            uuid        PRIMARY KEY,
      reference     text        NOT NULL UNIQUE,
      supplier_id   uuid        NOT NULL REFERENCES supplier,
      -- An invoice a receipt, or one a month by its statement.
      rhythm        text        NOT NULL CHECK (rhythm IN ('receipt', 'month')),
      number_prefix text        NOT NULL CHECK (length(number_prefix) BETWEEN 1 AND 12),
      next_number   integer     NOT NULL DEFAULT 1 CHECK (next_number > 0),
      currencies    text[]      NOT NULL CHECK (cardinality(currencies) > 0),
      -- None: all.
      plant_codes   text[]      NOT NULL,
      valid_from    date        NOT NULL,
      valid_until   date        NOT NULL,
      -- The first day whose receipts it covers: never before its acceptance.
      in_force_from date,
      -- The last day, once one side has given notice.
      ends_on       date,
      state         text        NOT NULL CHECK (state IN ('proposed', 'active', 'ending', 'ended', 'refused', 'withdrawn')),
      reason        text        CHECK (length(reason) BETWEEN 1 AND 1000),
      proposed_by   uuid        NOT NULL REFERENCES user_account,
      proposed_at   timestamptz NOT NULL,
      accepted_by   uuid        REFERENCES user_account,
      accepted_at   timestamptz,
      version       integer     NOT NULL DEFAULT 1,
      CHECK (valid_from <= valid_until),
      CHECK ((accepted_by IS NULL) = (state IN ('proposed', 'refused', 'withdrawn'))),
      CHECK ((accepted_by IS NULL) = (in_force_from IS NULL)),
      CHECK (accepted_by <> proposed_by),
      CHECK (state <> 'ending' OR ends_on IS NOT NULL)
    );
    CREATE UNIQUE INDEX self_billing_agreement_one_a_supplier ON self_billing_agreement (supplier_id)
      WHERE state IN ('proposed', 'active', 'ending');
    CREATE INDEX self_billing_agreement_newest ON self_billing_agreement (proposed_at DESC, id DESC);

    CREATE TABLE self_billed_invoice (
      id               uuid          PRIMARY KEY,
      -- Its number, in the supplier's range.
      reference        text          NOT NULL CHECK (length(reference) BETWEEN 1 AND 60),
      agreement_id     uuid          NOT NULL REFERENCES self_billing_agreement,
      supplier_id      uuid          NOT NULL REFERENCES supplier,
      order_id         uuid          NOT NULL REFERENCES purchase_order,
      goods_receipt_id uuid          REFERENCES goods_receipt,
      statement_id     uuid          REFERENCES statement,
      currency         text          NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      figures          jsonb         NOT NULL,
      sha256           text          NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      gross_amount     numeric(20,4) NOT NULL,
      state            text          NOT NULL CHECK (state IN ('draft', 'sent', 'contested', 'accepted', 'withdrawn')),
      revision         integer       NOT NULL DEFAULT 1,
      answer_by        date          NOT NULL,
      -- What the supplier said against lines, and against the whole.
      contested        jsonb         NOT NULL DEFAULT '[]',
      remark           text          CHECK (length(remark) BETWEEN 1 AND 1000),
      -- Ours, when it was made anew or withdrawn.
      answer           text          CHECK (length(answer) BETWEEN 1 AND 1000),
      invoice_id       uuid          UNIQUE REFERENCES invoice,
      created_at       timestamptz   NOT NULL,
      decided_by       uuid          REFERENCES user_account,
      decided_at       timestamptz,
      version          integer       NOT NULL DEFAULT 1,
      UNIQUE (supplier_id, reference),
      CHECK ((goods_receipt_id IS NULL) <> (statement_id IS NULL)),
      CHECK ((state = 'accepted') = (invoice_id IS NOT NULL)),
      CHECK (state <> 'withdrawn' OR answer IS NOT NULL)
    );
    CREATE UNIQUE INDEX self_billed_invoice_one_a_receipt ON self_billed_invoice (goods_receipt_id)
      WHERE state IN ('sent', 'contested');
    CREATE INDEX self_billed_invoice_by_receipt ON self_billed_invoice (goods_receipt_id);
    CREATE INDEX self_billed_invoice_newest ON self_billed_invoice (created_at DESC, id DESC);
    CREATE INDEX self_billed_invoice_by_supplier ON self_billed_invoice (supplier_id, created_at DESC, id DESC);
    CREATE INDEX self_billed_invoice_waiting ON self_billed_invoice (answer_by) WHERE state IN ('sent', 'contested');`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE self_billed_invoice, self_billing_agreement');
