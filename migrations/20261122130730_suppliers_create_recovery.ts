import type { Knex } from 'knex';

/**
 * A supplier that has nobody left who can let people in gets a new administrator by two members of staff. The two
 * are two; the supplier's people may object until `objections_until`; what is approved is carried out at `due_at`.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE supplier_recovery (
      id               uuid        PRIMARY KEY,
      supplier_id      uuid        NOT NULL REFERENCES supplier,
      state            text        NOT NULL CHECK (state IN ('requested', 'approved', 'objected', 'rejected',
                                     'withdrawn', 'completed')),
      reason           text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
      replaced_contact_id uuid,
      name             text        NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
      email            text        NOT NULL CHECK (length(email) BETWEEN 1 AND 254),
      phone            text,
      locale           text        NOT NULL CHECK (locale IN ('en', 'zh-CN')),
      time_zone        text        NOT NULL,
      requested_by     uuid        NOT NULL REFERENCES user_account,
      requested_at     timestamptz NOT NULL,
      objections_until timestamptz NOT NULL,
      decided_by       uuid        REFERENCES user_account,
      decided_at       timestamptz,
      decision_reason  text        CHECK (length(decision_reason) <= 1000),
      objected_by      uuid        REFERENCES user_account,
      objected_at      timestamptz,
      objection        text        CHECK (length(objection) <= 1000),
      due_at           timestamptz,
      contact_id       uuid,
      completed_at     timestamptz,
      version          integer     NOT NULL DEFAULT 1,
      FOREIGN KEY (replaced_contact_id, supplier_id) REFERENCES supplier_contact (id, supplier_id),
      FOREIGN KEY (contact_id, supplier_id) REFERENCES supplier_contact (id, supplier_id),
      CHECK (decided_by <> requested_by),
      CHECK (state NOT IN ('approved', 'completed') OR decided_by IS NOT NULL),
      CHECK ((state = 'approved') = (due_at IS NOT NULL)),
      CHECK ((state = 'completed') = (contact_id IS NOT NULL))
    );
    CREATE UNIQUE INDEX supplier_recovery_one_open ON supplier_recovery (supplier_id)
     WHERE state IN ('requested', 'approved', 'objected');
    CREATE INDEX supplier_recovery_due ON supplier_recovery (due_at) WHERE state = 'approved';`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE supplier_recovery');
