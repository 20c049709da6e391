import type { Knex } from 'knex';

/**
 * Questions about an event, and what was answered. They are two tables because two parties read them: a question
 * with who asked it is the asker's and ours; an answer, with the question in the words everybody reads, is for all
 * who were invited, unless it went to the asker alone for a reason.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE sourcing_event
      ADD COLUMN enquiries_until timestamptz,
      ADD CHECK (enquiries_until <= closes_at);

    CREATE TABLE enquiry (
      id          uuid        PRIMARY KEY,
      event_id    uuid        NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      supplier_id uuid        NOT NULL REFERENCES supplier,
      asked_by    uuid        NOT NULL REFERENCES user_account,
      question    text        NOT NULL CHECK (length(question) BETWEEN 1 AND 5000),
      asked_at    timestamptz NOT NULL
    );
    CREATE INDEX enquiry_by_event ON enquiry (event_id, asked_at, id);

    CREATE TABLE enquiry_response (
      id          uuid        PRIMARY KEY,
      enquiry_id  uuid        NOT NULL UNIQUE REFERENCES enquiry ON DELETE CASCADE,
      event_id    uuid        NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      audience    text        NOT NULL CHECK (audience IN ('everybody', 'asker')),
      question    text        NOT NULL CHECK (length(question) BETWEEN 1 AND 5000),
      answer      text        NOT NULL CHECK (length(answer) BETWEEN 1 AND 10000),
      reason      text        CHECK (length(reason) BETWEEN 1 AND 1000),
      answered_by uuid        NOT NULL REFERENCES user_account,
      answered_at timestamptz NOT NULL,
      CHECK ((audience = 'asker') = (reason IS NOT NULL))
    );
    CREATE INDEX enquiry_response_by_event ON enquiry_response (event_id, answered_at, id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE enquiry_response, enquiry;
    ALTER TABLE sourcing_event DROP COLUMN enquiries_until;`);
