import type { Knex } from 'knex';

/**
 * An order from an agreement is paid from an account: its budget is committed in the budget's currency, at the rate of the
 * day on which it was called off. Call-offs of before have none.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE call_off
      ADD COLUMN account         text CHECK (length(account) BETWEEN 1 AND 40),
      ADD COLUMN budget_currency text CHECK (budget_currency ~ '^[A-Z]{3}$'),
      ADD COLUMN budget_rate     numeric(24,12) CHECK (budget_rate > 0),
      ADD CONSTRAINT call_off_budget_whole
        CHECK (num_nulls(account, budget_currency, budget_rate) IN (0, 3));
    ALTER TABLE budget_commitment DROP CONSTRAINT budget_commitment_document_type_check;
    ALTER TABLE budget_commitment ADD CONSTRAINT budget_commitment_document_type_check
      CHECK (document_type IN ('requisition_line', 'sourcing_event', 'purchase_order'));`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DELETE FROM budget_commitment WHERE document_type = 'purchase_order';
    ALTER TABLE budget_commitment DROP CONSTRAINT budget_commitment_document_type_check;
    ALTER TABLE budget_commitment ADD CONSTRAINT budget_commitment_document_type_check
      CHECK (document_type IN ('requisition_line', 'sourcing_event'));
    ALTER TABLE call_off DROP COLUMN account, DROP COLUMN budget_currency, DROP COLUMN budget_rate`);
