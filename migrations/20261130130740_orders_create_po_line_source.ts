import type { Knex } from 'knex';

/** Which requisition lines a line of an order buys, and what of its quantity and amount is whose. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE po_line_source (
      po_line_id          uuid          NOT NULL REFERENCES po_line,
      requisition_line_id uuid          NOT NULL REFERENCES requisition_line,
      quantity            numeric(20,6) NOT NULL CHECK (quantity >= 0),
      amount              numeric(20,4) NOT NULL CHECK (amount >= 0),
      PRIMARY KEY (po_line_id, requisition_line_id)
    );
    CREATE INDEX po_line_source_by_requisition_line ON po_line_source (requisition_line_id);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE po_line_source');
