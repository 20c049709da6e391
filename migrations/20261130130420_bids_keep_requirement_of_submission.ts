import type { Knex } from 'knex';

/**
 * What was asked for when a bid was received, by its hash: an amendment changes it for bids that come later, and bids it
 * does not touch are opened as offers for what they were offers for. Lines are not known where the bidder's browser seals.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE bid_reach
      ALTER COLUMN sealed DROP NOT NULL,
      ADD COLUMN event_sha256 text CHECK (event_sha256 ~ '^[0-9a-f]{64}$');`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DELETE FROM bid_reach WHERE sealed IS NULL;
    ALTER TABLE bid_reach ALTER COLUMN sealed SET NOT NULL, DROP COLUMN event_sha256;`);
