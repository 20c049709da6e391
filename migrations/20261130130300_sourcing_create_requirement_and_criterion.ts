import type { Knex } from 'knex';

/**
 * What an event asks bidders beside prices, and by what their bids are judged. How answers are scored stands in a
 * column of its own, which suppliers are not given; what excludes a bid they are told.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    -- One row an event that asks or judges anything; its version is that of all its questions and criteria together.
    CREATE TABLE evaluation_plan (
      event_id      uuid        PRIMARY KEY REFERENCES sourcing_event ON DELETE CASCADE,
      shows_weights boolean     NOT NULL DEFAULT true,
      version       integer     NOT NULL CHECK (version > 0),
      saved_at      timestamptz NOT NULL
    );

    CREATE TABLE criterion (
      id            uuid         PRIMARY KEY,
      event_id      uuid         NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      number        integer      NOT NULL CHECK (number > 0),
      title         text         NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
      envelope      text         NOT NULL CHECK (envelope IN ('qualification', 'technical', 'commercial')),
      kind          text         NOT NULL CHECK (kind IN ('price', 'answers', 'judged')),
      weight        numeric(5,2) NOT NULL CHECK (weight > 0 AND weight <= 100),
      minimum_score numeric(5,2) CHECK (minimum_score > 0 AND minimum_score <= 100),
      -- How a price becomes a score.
      formula       text         CHECK (length(formula) BETWEEN 1 AND 40),
      UNIQUE (event_id, number),
      CHECK ((kind = 'price') = (formula IS NOT NULL)),
      CHECK (kind <> 'price' OR envelope = 'commercial'),
      CHECK (kind <> 'judged' OR envelope <> 'commercial')
    );
    CREATE UNIQUE INDEX criterion_one_price ON criterion (event_id) WHERE kind = 'price';

    CREATE TABLE requirement (
      id           uuid    PRIMARY KEY,
      event_id     uuid    NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      number       integer NOT NULL CHECK (number > 0),
      envelope     text    NOT NULL CHECK (envelope IN ('qualification', 'technical', 'commercial')),
      kind         text    NOT NULL CHECK (kind IN ('yes_no', 'choice', 'number', 'text', 'date', 'file')),
      prompt       text    NOT NULL CHECK (length(prompt) BETWEEN 1 AND 1000),
      help         text    NOT NULL DEFAULT '' CHECK (length(help) <= 2000),
      is_required  boolean NOT NULL,
      -- What may be chosen, between which numbers, in which unit.
      options      text[]  NOT NULL DEFAULT '{}',
      minimum      numeric(20,6),
      maximum      numeric(20,6),
      unit         text    NOT NULL DEFAULT '' CHECK (length(unit) <= 40),
      -- Which answer passes; null where none excludes.
      knock_out    jsonb,
      criterion_id uuid    REFERENCES criterion,
      scoring      jsonb,
      UNIQUE (event_id, number),
      CHECK ((criterion_id IS NULL) = (scoring IS NULL)),
      CHECK (minimum <= maximum),
      CHECK ((kind = 'choice') = (cardinality(options) > 0))
    );`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE requirement, criterion, evaluation_plan');
