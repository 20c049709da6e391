import type { Knex } from 'knex';

/**
 * The seal on the record: each event row is a leaf of a Merkle tree (RFC 9162), in the order it was sealed, and
 * each checkpoint is the signed root of the tree as it was then. `mac` is made with a key that is not in the
 * database, so that a leaf cannot be replaced together with its row. `event_tree_node` keeps the inner nodes of
 * every eighth level, so that a proof reads some hundreds of hashes and not all. A checkpoint also says how far
 * the sealer had come. All three only grow.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE event_seal (
      leaf_index     bigint PRIMARY KEY CHECK (leaf_index >= 0),
      event_position bigint NOT NULL UNIQUE,
      leaf_hash      bytea  NOT NULL CHECK (length(leaf_hash) = 32),
      mac            bytea  NOT NULL CHECK (length(mac) = 32)
    );
    CREATE TABLE event_tree_node (
      level      smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
      node_index bigint   NOT NULL CHECK (node_index >= 0),
      hash       bytea    NOT NULL CHECK (length(hash) = 32),
      PRIMARY KEY (level, node_index)
    );
    CREATE TABLE event_checkpoint (
      tree_size      bigint      PRIMARY KEY CHECK (tree_size > 0),
      id             uuid        NOT NULL UNIQUE,
      root_hash      bytea       NOT NULL CHECK (length(root_hash) = 32),
      frontier       bytea       NOT NULL CHECK (length(frontier) % 32 = 0),
      signed_note    text        NOT NULL CHECK (length(signed_note) <= 2000),
      created_at     timestamptz NOT NULL,
      transaction_id xid8        NOT NULL,
      position       bigint      NOT NULL,
      above_position bigint      NOT NULL
    );
    CREATE TRIGGER event_seal_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON event_seal
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER event_tree_node_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON event_tree_node
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER event_checkpoint_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON event_checkpoint
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE event_checkpoint, event_tree_node, event_seal');
