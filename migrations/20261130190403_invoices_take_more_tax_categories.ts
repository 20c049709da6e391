import type { Knex } from 'knex';

/** Supplies within the Union (K) and exports (G) have categories of their own, with a reason each (EN 16931). */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE invoice_line DROP CONSTRAINT invoice_line_tax_category_check;
    ALTER TABLE invoice_line ADD CONSTRAINT invoice_line_tax_category_check
      CHECK (tax_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O'));`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE invoice_line DROP CONSTRAINT invoice_line_tax_category_check;
    ALTER TABLE invoice_line ADD CONSTRAINT invoice_line_tax_category_check
      CHECK (tax_category IN ('S', 'Z', 'E', 'AE', 'O'));`);
