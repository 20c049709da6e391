import type { Knex } from 'knex';

/** An internal need: who needs what, where, by when, and on which account. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE requisition (
      id              uuid          PRIMARY KEY,
      reference       text          NOT NULL UNIQUE,
      title           text          NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
      note            text          NOT NULL DEFAULT '' CHECK (length(note) <= 10000),
      category_code   text          NOT NULL REFERENCES category,
      plant_code      text          NOT NULL REFERENCES plant,
      currency        text          NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      estimated_value numeric(20,4) CHECK (estimated_value >= 0),
      state           text          NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'rejected', 'returned',
                        'sourcing', 'part_ordered', 'ordered', 'received', 'cancelled')),
      requester_id    uuid          NOT NULL REFERENCES user_account,
      -- The system it came from, and what it is called there.
      source          text          NOT NULL DEFAULT 'portal' CHECK (length(source) <= 100),
      external_reference text       CHECK (length(external_reference) <= 100),
      submitted_at    timestamptz,
      created_at      timestamptz   NOT NULL,
      version         integer       NOT NULL DEFAULT 1
    );
    CREATE INDEX requisition_newest ON requisition (created_at DESC, id DESC);
    CREATE INDEX requisition_by_requester ON requisition (requester_id, state, created_at DESC);
    CREATE INDEX requisition_by_value ON requisition (currency, (COALESCE(estimated_value, 0)), id);

    CREATE TABLE requisition_line (
      id              uuid          PRIMARY KEY,
      requisition_id  uuid          NOT NULL REFERENCES requisition ON DELETE CASCADE,
      line_no         integer       NOT NULL CHECK (line_no > 0),
      item_code       text          CHECK (length(item_code) <= 60),
      description     text          NOT NULL CHECK (length(description) BETWEEN 1 AND 500),
      quantity        numeric(20,6) NOT NULL CHECK (quantity > 0),
      unit            text          NOT NULL CHECK (unit ~ '^[A-Z0-9]{2,3}$'),
      original_unit   text,
      plant_code      text          NOT NULL REFERENCES plant,
      need_by_on      date,
      account         text          CHECK (length(account) BETWEEN 1 AND 40),
      estimated_price numeric(20,6) CHECK (estimated_price >= 0),
      -- How far it is: waits, is asked for in an event, is ordered, has come.
      progress        text          NOT NULL DEFAULT 'open' CHECK (progress IN ('open', 'sourcing', 'ordered', 'received')),
      UNIQUE (requisition_id, line_no)
    );
    CREATE INDEX requisition_line_waiting ON requisition_line (need_by_on, id) WHERE progress = 'open';`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE requisition_line, requisition');
