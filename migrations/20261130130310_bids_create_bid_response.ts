import type { Knex } from 'knex';

/** Answers stand in a table only from the opening of the envelope they were sealed in. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE bid_response (
      id             uuid    PRIMARY KEY,
      bid_id         uuid    NOT NULL REFERENCES bid,
      requirement_id uuid    NOT NULL REFERENCES requirement,
      -- As it was read: yes or no, the option, a number, a day, a text.
      answer         text    NOT NULL CHECK (length(answer) <= 5000),
      files          jsonb   NOT NULL DEFAULT '[]',
      -- The answer excludes the bid, by the event's own rule; people decide.
      is_knock_out   boolean NOT NULL,
      UNIQUE (bid_id, requirement_id)
    );
    CREATE INDEX bid_response_by_requirement ON bid_response (requirement_id);

    -- That a bid is kept in although an answer excludes it. The other decision is to set it aside.
    CREATE TABLE knock_out_waiver (
      bid_id    uuid        PRIMARY KEY REFERENCES bid,
      reason    text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
      waived_by uuid        NOT NULL REFERENCES user_account,
      waived_at timestamptz NOT NULL
    );`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE knock_out_waiver, bid_response');
