import type { Knex } from 'knex';

/**
 * A line may be priced in a unit of the bidder's own: `unit_price` is for `priced_quantity` of `priced_unit`, which are
 * `price_base_quantity` of the unit asked. So amounts stay exact, and whoever reads a price reads it as before.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    SET LOCAL lock_timeout = '5s';
    ALTER TABLE bid_line
      ADD COLUMN priced_unit     text          CHECK (priced_unit ~ '^[A-Z0-9]{2,3}$'),
      ADD COLUMN priced_quantity numeric(20,6) CHECK (priced_quantity > 0),
      ADD COLUMN priced_reason   text          NOT NULL DEFAULT '' CHECK (length(priced_reason) <= 300),
      ADD CONSTRAINT bid_line_priced_unit_is_whole CHECK ((priced_unit IS NULL) = (priced_quantity IS NULL));`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE bid_line DROP COLUMN priced_unit, DROP COLUMN priced_quantity, DROP COLUMN priced_reason;`);
