import type { Knex } from 'knex';

/**
 * Which requisition lines a line of an event asks for, and how much of it is whose. An event without requisitions may
 * name the account that it is bought on; then its budget is asked.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE event_item_source (
      event_item_id       uuid          NOT NULL REFERENCES event_item ON DELETE CASCADE,
      requisition_line_id uuid          NOT NULL REFERENCES requisition_line,
      quantity            numeric(20,6) NOT NULL CHECK (quantity > 0),
      PRIMARY KEY (event_item_id, requisition_line_id)
    );
    CREATE INDEX event_item_source_by_requisition_line ON event_item_source (requisition_line_id);

    CREATE TABLE event_account (
      event_id   uuid PRIMARY KEY REFERENCES sourcing_event ON DELETE CASCADE,
      account    text NOT NULL CHECK (length(account) BETWEEN 1 AND 40)
    );`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE event_account, event_item_source');
