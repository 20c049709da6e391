import type { Knex } from 'knex';

/** A share is written in one statement with its envelope, which a policy cannot see yet: so it says whose bid it is of. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE bid_envelope_share ADD COLUMN bid_id uuid REFERENCES bid;
    ALTER TABLE bid_envelope_share DISABLE TRIGGER bid_envelope_share_is_append_only;
    UPDATE bid_envelope_share AS share
       SET bid_id = envelope.bid_id
      FROM bid_envelope AS envelope
     WHERE envelope.id = share.envelope_id;
    ALTER TABLE bid_envelope_share ENABLE TRIGGER bid_envelope_share_is_append_only;
    ALTER TABLE bid_envelope_share ALTER COLUMN bid_id SET NOT NULL;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE bid_envelope_share DROP COLUMN bid_id');
