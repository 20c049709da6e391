import type { Knex } from 'knex';

/**
 * Where a supplier is paid. Each account is a guarded change: asked for by the supplier, called back, approved by a
 * second one of us, and used only after a time in which its people can object. The details are ciphertext.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE bank_account_change (
      id               uuid        PRIMARY KEY,
      supplier_id      uuid        NOT NULL REFERENCES supplier,
      state            text        NOT NULL CHECK (state IN ('requested', 'verified_by_callback', 'second_approved',
                                     'cooling_off', 'active', 'rejected')),
      sealed_details   bytea       NOT NULL,
      -- What people know an account by: never more than its last four characters.
      account_tail     text        NOT NULL CHECK (length(account_tail) BETWEEN 1 AND 4),
      reason           text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
      requested_by     uuid        NOT NULL REFERENCES user_account,
      requested_at     timestamptz NOT NULL,
      called_contact_id uuid       REFERENCES supplier_contact,
      called_number    text        CHECK (length(called_number) BETWEEN 1 AND 40),
      verified_by      uuid        REFERENCES user_account,
      verified_at      timestamptz,
      approved_by      uuid        REFERENCES user_account,
      approved_at      timestamptz,
      due_at           timestamptz,
      active_from      timestamptz,
      ended_at         timestamptz,
      rejected_by      uuid        REFERENCES user_account,
      rejection_reason text        CHECK (length(rejection_reason) BETWEEN 1 AND 1000),
      version          integer     NOT NULL DEFAULT 1,
      CHECK ((verified_by IS NULL) = (verified_at IS NULL) AND (verified_by IS NULL) = (called_contact_id IS NULL)),
      CHECK (approved_by IS NULL OR (approved_by <> verified_by AND approved_by <> requested_by)),
      CHECK (state NOT IN ('second_approved', 'cooling_off', 'active') OR approved_by IS NOT NULL),
      CHECK ((state = 'cooling_off') = (due_at IS NOT NULL)),
      CHECK ((state = 'active') = (active_from IS NOT NULL)),
      CHECK (ended_at IS NULL OR state = 'active'),
      CHECK ((state = 'rejected') = (rejection_reason IS NOT NULL))
    );
    CREATE UNIQUE INDEX bank_account_change_one_under_way ON bank_account_change (supplier_id)
      WHERE state NOT IN ('active', 'rejected');
    CREATE UNIQUE INDEX bank_account_change_one_in_use ON bank_account_change (supplier_id)
      WHERE state = 'active' AND ended_at IS NULL;
    CREATE INDEX bank_account_change_by_supplier ON bank_account_change (supplier_id, requested_at DESC);
    CREATE INDEX bank_account_change_due ON bank_account_change (due_at) WHERE due_at IS NOT NULL;`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE bank_account_change');
