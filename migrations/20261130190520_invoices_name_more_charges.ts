import type { Knex } from 'knex';

const reasons = (names: string): string => `
    ALTER TABLE invoice_charge
      DROP CONSTRAINT invoice_charge_reason_check,
      ADD CONSTRAINT invoice_charge_reason_check CHECK (reason IN (${names}))`;

/** Tools and handling are charged by themselves, as bids have them. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(
    reasons(
      `'discount', 'freight', 'packing', 'insurance', 'handling', 'tooling', 'small_quantity', 'other'`,
    ),
  );

export const down = (db: Knex): Promise<unknown> =>
  db.raw(reasons(`'discount', 'freight', 'packing', 'insurance', 'small_quantity', 'other'`));
