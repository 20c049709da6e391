import type { Knex } from 'knex';

/** What one bidder is asked about its bid after the opening, and what it answers: nobody else's to read. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE clarification (
      id           uuid        PRIMARY KEY,
      bid_id       uuid        NOT NULL REFERENCES bid,
      event_id     uuid        NOT NULL REFERENCES sourcing_event,
      supplier_id  uuid        NOT NULL REFERENCES supplier,
      question     text        NOT NULL CHECK (length(question) BETWEEN 1 AND 5000),
      asked_by     uuid        NOT NULL REFERENCES user_account,
      asked_at     timestamptz NOT NULL,
      answer_until timestamptz NOT NULL,
      answer       text        CHECK (length(answer) BETWEEN 1 AND 10000),
      answered_by  uuid        REFERENCES user_account,
      answered_at  timestamptz,
      CHECK (answer_until > asked_at),
      CHECK ((answer IS NULL) = (answered_at IS NULL))
    );
    CREATE INDEX clarification_by_bid ON clarification (bid_id, asked_at);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE clarification');
