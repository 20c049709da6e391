import type { Knex } from 'knex';

/** A charge bears any tax that a line may bear. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE invoice_charge DROP CONSTRAINT invoice_charge_tax_category_check;
    ALTER TABLE invoice_charge ADD CONSTRAINT invoice_charge_tax_category_check
      CHECK (tax_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O'));`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE invoice_charge DROP CONSTRAINT invoice_charge_tax_category_check;
    ALTER TABLE invoice_charge ADD CONSTRAINT invoice_charge_tax_category_check
      CHECK (tax_category IN ('S', 'Z', 'E', 'AE', 'O'));`);
