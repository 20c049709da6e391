import type { Knex } from 'knex';

/**
 * A charge of an order that has an id is invoiced by itself; one without is in the prices of its lines. How much of each
 * is invoiced stands on the order, by that id, as what is invoiced of its lines stands on their deliveries.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE purchase_order
      ADD COLUMN charges_invoiced jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(charges_invoiced) = 'object');

    CREATE TABLE invoice_charge (
      id              uuid          PRIMARY KEY,
      invoice_id      uuid          NOT NULL REFERENCES invoice,
      charge_no       integer       NOT NULL CHECK (charge_no > 0),
      order_id        uuid          NOT NULL REFERENCES purchase_order,
      -- Of the order's charges; none where the order has no such charge.
      order_charge_id uuid,
      reason          text          NOT NULL
                      CHECK (reason IN ('discount', 'freight', 'packing', 'insurance', 'small_quantity', 'other')),
      -- UNTDID 5189 of an allowance, 7161 of a charge.
      reason_code     text          NOT NULL CHECK (reason_code ~ '^[A-Z0-9]{1,3}$'),
      description     text          NOT NULL DEFAULT '' CHECK (length(description) <= 200),
      -- Below nothing: an allowance.
      amount          numeric(18,4) NOT NULL CHECK (CASE WHEN reason = 'discount' THEN amount < 0 ELSE amount > 0 END),
      tax_category    text          NOT NULL CHECK (tax_category IN ('S', 'Z', 'E', 'AE', 'O')),
      tax_rate        numeric(7,4)  NOT NULL CHECK (tax_rate >= 0),
      CHECK ((tax_category = 'S') = (tax_rate > 0)),
      UNIQUE (invoice_id, charge_no),
      UNIQUE (invoice_id, order_charge_id)
    );

    ALTER TABLE match_exception
      ADD COLUMN charge_reason text,
      DROP CONSTRAINT match_exception_kind_check,
      ADD CONSTRAINT match_exception_kind_check CHECK
        (kind IN ('price', 'quantity', 'not_received', 'over_billing', 'amount', 'tax', 'charge', 'unplanned_charge')),
      ADD CONSTRAINT match_exception_charge_named CHECK
        ((kind IN ('charge', 'unplanned_charge')) = (charge_reason IS NOT NULL))`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DELETE FROM match_exception WHERE kind IN ('charge', 'unplanned_charge');
    ALTER TABLE match_exception
      DROP CONSTRAINT match_exception_charge_named,
      DROP COLUMN charge_reason,
      DROP CONSTRAINT match_exception_kind_check,
      ADD CONSTRAINT match_exception_kind_check CHECK
        (kind IN ('price', 'quantity', 'not_received', 'over_billing', 'amount', 'tax'));
    DROP TABLE invoice_charge;
    ALTER TABLE purchase_order DROP COLUMN charges_invoiced`);
