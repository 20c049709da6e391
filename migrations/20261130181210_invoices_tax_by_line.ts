import type { Knex } from 'knex';

const GROUP = (category: string): string => `
  jsonb_build_array(jsonb_build_object('category', ${category}, 'rate', trim_scale(tax_rate)::text,
    'taxableAmount', net_amount::text, 'taxAmount', tax_amount::text))`;

/**
 * Each line of an invoice has a tax of its own, and an invoice and a credit note say what bears each tax. What had one
 * rate has one group; a debit note claims what is outside the scope of the tax.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE invoice_line
      ADD COLUMN tax_category text CHECK (tax_category IN ('S', 'Z', 'E', 'AE', 'O')),
      ADD COLUMN tax_rate numeric(7,4) CHECK (tax_rate BETWEEN 0 AND 100);
    UPDATE invoice_line AS line
       SET tax_category = CASE WHEN invoice.tax_rate > 0 THEN 'S' ELSE 'Z' END, tax_rate = invoice.tax_rate
      FROM invoice
     WHERE invoice.id = line.invoice_id;
    ALTER TABLE invoice_line
      ALTER COLUMN tax_category SET NOT NULL,
      ALTER COLUMN tax_rate SET NOT NULL,
      ADD CHECK ((tax_category = 'S') = (tax_rate > 0));

    ALTER TABLE invoice ADD COLUMN taxes jsonb CHECK (jsonb_array_length(taxes) > 0);
    UPDATE invoice SET taxes = ${GROUP("CASE WHEN tax_rate > 0 THEN 'S' ELSE 'Z' END")};
    ALTER TABLE invoice ALTER COLUMN taxes SET NOT NULL, DROP COLUMN tax_rate;

    ALTER TABLE credit_note ADD COLUMN taxes jsonb CHECK (jsonb_array_length(taxes) > 0);
    UPDATE credit_note
       SET taxes = ${GROUP("CASE WHEN kind = 'debit_note' THEN 'O' WHEN tax_rate > 0 THEN 'S' ELSE 'Z' END")};
    ALTER TABLE credit_note ALTER COLUMN taxes SET NOT NULL, DROP COLUMN tax_rate;`);

/** The first group's rate stands for all: what had several is told as one. */
export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE invoice ADD COLUMN tax_rate numeric(7,4) CHECK (tax_rate BETWEEN 0 AND 100);
    UPDATE invoice SET tax_rate = (taxes -> 0 ->> 'rate')::numeric;
    ALTER TABLE invoice ALTER COLUMN tax_rate SET NOT NULL, DROP COLUMN taxes;
    ALTER TABLE credit_note ADD COLUMN tax_rate numeric(7,4) CHECK (tax_rate BETWEEN 0 AND 100);
    UPDATE credit_note SET tax_rate = (taxes -> 0 ->> 'rate')::numeric;
    ALTER TABLE credit_note ALTER COLUMN tax_rate SET NOT NULL, DROP COLUMN taxes;
    ALTER TABLE invoice_line DROP COLUMN tax_category, DROP COLUMN tax_rate;`);
