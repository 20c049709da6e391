import type { Knex } from 'knex';

/** An award gives orders or, where its buyer says so before there are any, agreements. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE award
      ADD COLUMN outcome text NOT NULL DEFAULT 'orders' CHECK (outcome IN ('orders', 'agreement'));
    ALTER TABLE agreement
      ADD COLUMN award_id uuid REFERENCES award,
      ADD UNIQUE (award_id, supplier_id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE agreement DROP COLUMN award_id;
    ALTER TABLE award DROP COLUMN outcome;`);
