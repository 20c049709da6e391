import type { Knex } from 'knex';

/** The key of a draft that the bidder's browser seals, wrapped there by a passphrase, if its bidder chose one. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE bid_draft
      ADD COLUMN wrapped_key bytea CHECK (octet_length(wrapped_key) BETWEEN 100 AND 4000);`);

export const down = (db: Knex): Promise<unknown> => db.raw('ALTER TABLE bid_draft DROP COLUMN wrapped_key;');
