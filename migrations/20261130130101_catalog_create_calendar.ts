import type { Knex } from 'knex';

/**
 * Calendars by name: which weekdays are worked, and the days that differ from their week, either way: holidays, and
 * the weekend days that are worked to make up for them. A plant has its own; the company's counts where no plant does.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE calendar (
      code             text       PRIMARY KEY CHECK (code ~ '^[A-Z0-9-]{1,20}$'),
      id               uuid       NOT NULL UNIQUE,
      name_en          text       NOT NULL CHECK (length(name_en) BETWEEN 1 AND 100),
      name_zh          text       NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 100),
      working_weekdays smallint[] NOT NULL DEFAULT '{1,2,3,4,5}'
                       CHECK (working_weekdays <@ '{1,2,3,4,5,6,7}'::smallint[] AND cardinality(working_weekdays) > 0),
      is_company       boolean    NOT NULL DEFAULT false,
      version          integer    NOT NULL DEFAULT 1
    );
    CREATE UNIQUE INDEX calendar_one_of_the_company ON calendar (is_company) WHERE is_company;

    CREATE TABLE calendar_day (
      calendar_code text    NOT NULL REFERENCES calendar,
      day           date    NOT NULL,
      is_working    boolean NOT NULL,
      name_en       text    NOT NULL DEFAULT '' CHECK (length(name_en) <= 100),
      name_zh       text    NOT NULL DEFAULT '' CHECK (length(name_zh) <= 100),
      PRIMARY KEY (calendar_code, day)
    );

    ALTER TABLE plant ADD COLUMN calendar_code text REFERENCES calendar;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE plant DROP COLUMN calendar_code;
    DROP TABLE calendar_day, calendar;`);
