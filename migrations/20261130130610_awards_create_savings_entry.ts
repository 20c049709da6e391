import type { Knex } from 'knex';

/**
 * What each awarded line saved against what was expected, hoped for and paid before, as it stood when the award was
 * approved. Never recomputed and never changed: what is withdrawn later is booked back by an entry of its own.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE savings_entry (
      id                uuid          PRIMARY KEY,
      award_id          uuid          NOT NULL REFERENCES award,
      event_id          uuid          NOT NULL REFERENCES sourcing_event,
      event_item_id     uuid          NOT NULL REFERENCES event_item,
      supplier_id       uuid          NOT NULL REFERENCES supplier,
      category_code     text          NOT NULL REFERENCES category,
      plant_code        text          NOT NULL REFERENCES plant,
      buyer_id          uuid          NOT NULL REFERENCES user_account,
      booked_on         date          NOT NULL,
      currency          text          NOT NULL,
      quantity          numeric(20,6) NOT NULL,
      amount            numeric(20,4) NOT NULL,
      -- The same quantity at each baseline; null where there was none.
      estimate_amount   numeric(20,4),
      target_amount     numeric(20,4),
      last_price_amount numeric(20,4),
      reverses_id       uuid          UNIQUE REFERENCES savings_entry,
      CHECK ((reverses_id IS NULL) = (quantity > 0))
    );
    CREATE INDEX savings_entry_newest ON savings_entry (booked_on DESC, id DESC);
    CREATE INDEX savings_entry_by_award ON savings_entry (award_id);
    CREATE TRIGGER savings_entry_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON savings_entry
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE savings_entry');
