import type { Knex } from 'knex';

/**
 * One row a business act: the audit entry, the outbox message and the source of notifications.
 * `transaction_id` lets the relay pass rows on in an order that no late commit can break: sequence numbers
 * are given before a transaction commits, so a plain cursor over them skips rows.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE event (
      position       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id             uuid        NOT NULL UNIQUE,
      transaction_id xid8        NOT NULL DEFAULT pg_current_xact_id(),
      at             timestamptz NOT NULL,
      actor_kind     text        NOT NULL CHECK (actor_kind IN ('staff', 'supplier', 'system', 'anonymous')),
      actor_id       uuid,
      actor_name     text        NOT NULL,
      request_id     text,
      action         text        NOT NULL CHECK (action ~ '^[a-z_]+[.][a-z-]+$'),
      subject_type   text        NOT NULL,
      subject_id     uuid        NOT NULL,
      supplier_id    uuid,
      from_state     text,
      to_state       text,
      reason         text,
      changes        jsonb       NOT NULL DEFAULT '{}'
    );
    CREATE INDEX event_by_subject ON event (subject_type, subject_id, position);
    CREATE INDEX event_by_transaction ON event (transaction_id, position);

    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the % table is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER event_is_append_only
      BEFORE UPDATE OR DELETE OR TRUNCATE ON event
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

    CREATE TABLE relay_position (
      name           text   PRIMARY KEY,
      transaction_id xid8   NOT NULL,
      position       bigint NOT NULL
    );`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE relay_position, event; DROP FUNCTION refuse_change');
