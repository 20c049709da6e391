import type { Knex } from 'knex';

/** A purchase requirement: the event, the lines asked for and who was invited. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE sourcing_event (
      id                 uuid          PRIMARY KEY,
      reference          text          NOT NULL UNIQUE,
      event_type         text          NOT NULL CHECK (event_type IN ('rfi', 'rfq', 'rfp', 'tender', 'reverse_auction')),
      title              text          NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
      description        text          NOT NULL DEFAULT '' CHECK (length(description) <= 10000),
      category_code      text          NOT NULL REFERENCES category,
      plant_code         text          NOT NULL REFERENCES plant,
      incoterm           text          NOT NULL,
      incoterm_place     text          NOT NULL DEFAULT '' CHECK (length(incoterm_place) <= 200),
      currency           text          NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      payment_terms_days integer       NOT NULL CHECK (payment_terms_days BETWEEN 0 AND 365),
      closes_at          timestamptz,
      time_zone          text          NOT NULL,
      estimated_value    numeric(20,4) CHECK (estimated_value >= 0),
      state              text          NOT NULL CHECK (state IN ('draft', 'pending_approval', 'approved', 'open', 'paused',
                           'amending', 'closed', 'opening', 'evaluation', 'award_proposed', 'award_approval', 'awarded',
                           'completed', 'cancelled', 'unsuccessful')),
      owner_id           uuid          NOT NULL REFERENCES user_account,
      approval_requested_by uuid       REFERENCES user_account,
      approved_by        uuid          REFERENCES user_account,
      published_at       timestamptz,
      closed_at          timestamptz,
      opened_at          timestamptz,
      due_at             timestamptz,
      created_at         timestamptz   NOT NULL,
      version            integer       NOT NULL DEFAULT 1,
      CHECK (state NOT IN ('open', 'paused', 'closed') OR closes_at IS NOT NULL)
    );
    CREATE INDEX sourcing_event_newest ON sourcing_event (created_at DESC, id DESC);
    CREATE INDEX sourcing_event_due ON sourcing_event (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX sourcing_event_by_owner ON sourcing_event (owner_id, state);

    CREATE TABLE event_item (
      id              uuid          PRIMARY KEY,
      event_id        uuid          NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      line_no         integer       NOT NULL CHECK (line_no > 0),
      item_code       text          CHECK (length(item_code) <= 60),
      description     text          NOT NULL CHECK (length(description) BETWEEN 1 AND 500),
      quantity        numeric(20,6) NOT NULL CHECK (quantity > 0),
      unit            text          NOT NULL CHECK (unit ~ '^[A-Z0-9]{2,3}$'),
      original_unit   text,
      need_by_on      date,
      estimated_price numeric(20,6) CHECK (estimated_price >= 0),
      UNIQUE (event_id, line_no)
    );

    CREATE TABLE invitation (
      id             uuid        PRIMARY KEY,
      event_id       uuid        NOT NULL REFERENCES sourcing_event ON DELETE CASCADE,
      supplier_id    uuid        NOT NULL REFERENCES supplier,
      state          text        NOT NULL CHECK (state IN ('invited', 'viewed', 'accepted', 'declined', 'responding', 'submitted', 'uninvited')),
      invited_at     timestamptz,
      viewed_at      timestamptz,
      responded_at   timestamptz,
      decline_reason text        CHECK (length(decline_reason) <= 1000),
      UNIQUE (event_id, supplier_id)
    );
    CREATE INDEX invitation_by_supplier ON invitation (supplier_id, state);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE invitation, event_item, sourcing_event');
