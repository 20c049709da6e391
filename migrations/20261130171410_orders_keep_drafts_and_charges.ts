import type { Knex } from 'knex';

/**
 * An order may be made without an event: it has a category of its own then, and is a draft first. Charges and discounts
 * stand on a line or on the whole order; a line's net price is what it costs with its share of them, by which invoices
 * are matched.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE purchase_order
      ADD COLUMN category_code text REFERENCES category,
      ADD COLUMN charges       jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(charges) = 'array'),
      ADD COLUMN tax_rate      numeric(7,4) CHECK (tax_rate >= 0);
    ALTER TABLE po_line
      ADD COLUMN charges   jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(charges) = 'array'),
      ADD COLUMN tax_rate  numeric(7,4) CHECK (tax_rate >= 0),
      ADD COLUMN net_price numeric(20,6) CHECK (net_price >= 0);

    -- Orders may be counted by plant.
    ALTER TABLE reference_counter
      DROP CONSTRAINT reference_counter_prefix_check,
      ADD CONSTRAINT reference_counter_prefix_check CHECK (prefix ~ '^[A-Z0-9.-]{1,40}$');

    -- Lines are taken away from drafts only: what was asked for, approved or sent keeps every line.
    CREATE FUNCTION po_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT FROM purchase_order AS po WHERE po.id = OLD.order_id AND po.state <> 'draft')
      THEN
        RAISE EXCEPTION 'Order line % does not belong to a draft', OLD.id USING ERRCODE = 'check_violation';
      END IF;
      RETURN OLD;
    END $$;
    CREATE TRIGGER po_line_stays BEFORE DELETE ON po_line FOR EACH ROW EXECUTE FUNCTION po_line_stays();`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TRIGGER po_line_stays ON po_line;
    DROP FUNCTION po_line_stays;
    ALTER TABLE po_line DROP COLUMN charges, DROP COLUMN tax_rate, DROP COLUMN net_price;
    ALTER TABLE purchase_order DROP COLUMN category_code, DROP COLUMN charges, DROP COLUMN tax_rate`);
