import type { Knex } from 'knex';

/**
 * Each envelope of a version is sealed with a key of its own, which is split: one half goes to the event's time key, the
 * other to the house or, by shares, to the openers. Bids of the construction before it cannot be opened or shown by this
 * one; it never left the house, so where there are any the data folder is begun anew.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    DO $$ BEGIN
      IF EXISTS (SELECT FROM bid_version) THEN
        RAISE EXCEPTION 'Bids sealed by a version before this one cannot be carried over: begin with a new data folder';
      END IF;
    END $$;

    ALTER TABLE event_key
      ADD COLUMN round   integer NOT NULL DEFAULT 1 CHECK (round > 0),
      ADD COLUMN purpose text    NOT NULL DEFAULT 'time' CHECK (purpose IN ('time', 'house')),
      DROP CONSTRAINT event_key_pkey,
      ADD PRIMARY KEY (event_id, round, purpose);

    ALTER TABLE bid
      ADD COLUMN sealing_level text NOT NULL DEFAULT 'on_arrival'
                               CHECK (sealing_level IN ('on_arrival', 'in_browser')),
      -- Whom the bidder's own drafts are sealed to, when its browser seals.
      ADD COLUMN draft_recipient text CHECK (draft_recipient ~ '^age1[0-9a-z]{58}$'),
      -- After the opening of which envelope the bid was set aside; the later ones stay sealed for ever.
      ADD COLUMN disqualified_at_envelope text
                               CHECK (disqualified_at_envelope IN ('qualification', 'technical', 'commercial'));

    CREATE TABLE bid_envelope (
      id             uuid  PRIMARY KEY,
      bid_id         uuid  NOT NULL REFERENCES bid,
      version_id     uuid  NOT NULL REFERENCES bid_version,
      envelope       text  NOT NULL CHECK (envelope IN ('qualification', 'technical', 'commercial')),
      -- Of the key pair that was made for this envelope alone.
      recipient      text  NOT NULL CHECK (recipient ~ '^age1[0-9a-z]{58}$'),
      sealed         bytea NOT NULL,
      sealed_sha256  text  NOT NULL CHECK (sealed_sha256 ~ '^[0-9a-f]{64}$'),
      content_sha256 text  NOT NULL CHECK (content_sha256 ~ '^[0-9a-f]{64}$'),
      time_share     bytea NOT NULL,
      house_share    bytea,
      -- The supplier's own: what it said (null where only its browser could read it), and the key to keep.
      supplier_copy  bytea,
      bidder_key     bytea NOT NULL,
      UNIQUE (version_id, envelope)
    );
    CREATE INDEX bid_envelope_by_bid ON bid_envelope (bid_id);
    CREATE TRIGGER bid_envelope_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON bid_envelope
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

    CREATE TABLE bid_envelope_share (
      envelope_id   uuid  NOT NULL REFERENCES bid_envelope,
      opener_id     uuid  NOT NULL REFERENCES user_account,
      opener_key_id uuid  NOT NULL REFERENCES opener_key,
      sealed        bytea NOT NULL,
      -- What the share hashes to: a wrong one is noticed when it is given.
      share_sha256  text  NOT NULL CHECK (share_sha256 ~ '^[0-9a-f]{64}$'),
      PRIMARY KEY (envelope_id, opener_id)
    );
    CREATE TRIGGER bid_envelope_share_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON bid_envelope_share
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

    ALTER TABLE bid_version
      DROP COLUMN sealed, DROP COLUMN sealed_sha256, DROP COLUMN content_sha256, DROP COLUMN supplier_copy;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE bid_envelope_share, bid_envelope;
    ALTER TABLE bid DROP COLUMN sealing_level, DROP COLUMN draft_recipient, DROP COLUMN disqualified_at_envelope;
    DELETE FROM event_key WHERE purpose <> 'time' OR round <> 1;
    ALTER TABLE event_key
      DROP CONSTRAINT event_key_pkey, DROP COLUMN round, DROP COLUMN purpose, ADD PRIMARY KEY (event_id);
    ALTER TABLE bid_version
      ADD COLUMN sealed bytea NOT NULL DEFAULT '', ADD COLUMN sealed_sha256 text NOT NULL DEFAULT '',
      ADD COLUMN content_sha256 text NOT NULL DEFAULT '', ADD COLUMN supplier_copy bytea NOT NULL DEFAULT '';`);
