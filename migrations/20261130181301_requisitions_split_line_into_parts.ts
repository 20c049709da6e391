import type { Knex } from 'knex';

/**
 * A line that is bought in parts is several rows of one number, whose quantities add up to what was asked for. Each part
 * waits, is asked for, ordered and received by itself.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE requisition_line
      ADD COLUMN part_no integer NOT NULL DEFAULT 1 CHECK (part_no > 0),
      DROP CONSTRAINT requisition_line_requisition_id_line_no_key,
      ADD CONSTRAINT requisition_line_part UNIQUE (requisition_id, line_no, part_no);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE requisition_line
      DROP CONSTRAINT requisition_line_part,
      ADD CONSTRAINT requisition_line_requisition_id_line_no_key UNIQUE (requisition_id, line_no),
      DROP COLUMN part_no;`);
