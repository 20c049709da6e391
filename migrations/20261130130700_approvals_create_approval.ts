import type { Knex } from 'knex';

/**
 * Who has to agree to what, as data: a policy is a version of all rules for one kind of document, valid from a day and
 * never changed. A started approval has its steps as rows of its own, so that it keeps the rules it started with.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE approval_policy (
      id            uuid        PRIMARY KEY,
      document_type text        NOT NULL CHECK (document_type IN ('requisition', 'sourcing_event', 'award', 'purchase_order')),
      version       integer     NOT NULL CHECK (version > 0),
      valid_from    date        NOT NULL,
      currency      text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      note          text        NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
      created_by    uuid        NOT NULL REFERENCES user_account,
      created_at    timestamptz NOT NULL,
      UNIQUE (document_type, version)
    );

    CREATE TABLE approval_rule (
      id                  uuid          PRIMARY KEY,
      policy_id           uuid          NOT NULL REFERENCES approval_policy,
      row_no              integer       NOT NULL CHECK (row_no > 0),
      from_amount         numeric(20,4) NOT NULL DEFAULT 0 CHECK (from_amount >= 0),
      category_code       text          REFERENCES category,
      plant_code          text          REFERENCES plant,
      stage               integer       NOT NULL CHECK (stage BETWEEN 1 AND 9),
      needs               text          NOT NULL CHECK (needs IN ('all', 'any')),
      approver_id         uuid          REFERENCES user_account,
      approver_role       text          CHECK (approver_role IN ('approver', 'finance')),
      remind_after_days   integer       CHECK (remind_after_days BETWEEN 1 AND 60),
      escalate_after_days integer       CHECK (escalate_after_days BETWEEN 1 AND 60),
      escalate_to         uuid          REFERENCES user_account,
      UNIQUE (policy_id, row_no),
      CHECK ((approver_id IS NULL) <> (approver_role IS NULL)),
      CHECK (escalate_to IS NULL OR escalate_after_days IS NOT NULL)
    );

    CREATE TABLE approval (
      id            uuid          PRIMARY KEY,
      document_type text          NOT NULL CHECK (document_type IN ('requisition', 'sourcing_event', 'award', 'purchase_order')),
      document_id   uuid          NOT NULL,
      reference     text          NOT NULL,
      title         text          NOT NULL,
      amount        numeric(20,4),
      currency      text          NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      requester_id  uuid          NOT NULL REFERENCES user_account,
      plant_codes    text[]       NOT NULL,
      category_codes text[]       NOT NULL,
      policy_id     uuid          REFERENCES approval_policy,
      state         text          NOT NULL CHECK (state IN ('pending', 'approved', 'returned', 'rejected', 'withdrawn')),
      started_at    timestamptz   NOT NULL,
      ended_at      timestamptz,
      CHECK ((state = 'pending') = (ended_at IS NULL))
    );
    CREATE UNIQUE INDEX approval_one_pending ON approval (document_type, document_id) WHERE state = 'pending';
    CREATE INDEX approval_by_document ON approval (document_id, started_at DESC);

    CREATE TABLE approval_step (
      id                  uuid        PRIMARY KEY,
      approval_id         uuid        NOT NULL REFERENCES approval,
      stage               integer     NOT NULL CHECK (stage >= 0),
      step_no             integer     NOT NULL CHECK (step_no > 0),
      needs               text        NOT NULL CHECK (needs IN ('all', 'any')),
      approver_id         uuid        REFERENCES user_account,
      approver_role       text        CHECK (approver_role IN ('approver', 'finance')),
      reason              text        NOT NULL CHECK (reason IN ('rule', 'default', 'in-place', 'over-budget')),
      subject_id          uuid,
      remind_after_days   integer,
      escalate_after_days integer,
      escalate_to         uuid        REFERENCES user_account,
      state               text        NOT NULL CHECK (state IN ('waiting', 'pending', 'approved', 'returned', 'rejected', 'skipped')),
      since               timestamptz,
      due_at              timestamptz,
      reminded_at         timestamptz,
      escalated_at        timestamptz,
      escalated_from      uuid        REFERENCES user_account,
      decided_at          timestamptz,
      decided_by          uuid        REFERENCES user_account,
      decided_for         uuid        REFERENCES user_account,
      comment             text        CHECK (length(comment) <= 2000),
      UNIQUE (approval_id, step_no),
      CHECK ((approver_id IS NULL) <> (approver_role IS NULL)),
      CHECK ((state IN ('approved', 'returned', 'rejected')) = (decided_by IS NOT NULL)),
      CHECK ((decided_by IS NULL) = (decided_at IS NULL))
    );
    CREATE INDEX approval_step_due ON approval_step (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX approval_step_pending ON approval_step (approver_id, approver_role) WHERE state = 'pending';`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE approval_step, approval, approval_rule, approval_policy');
