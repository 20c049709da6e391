import { newId } from '../../kernel/id.ts';
import type { Tx } from '../../platform/db/context.ts';
import { named } from '../../platform/db/statements.ts';
import type { InvoiceCharge } from './invoice-charge.ts';

/** An invoice's charges in their order, as SQL about a row `invoice`: read with it, for it is matched with them. */
export const CHARGES_OF_INVOICE = `
  COALESCE((SELECT jsonb_agg(jsonb_build_object(
                     'chargeNo', charge.charge_no, 'orderId', charge.order_id, 'orderChargeId', charge.order_charge_id,
                     'reason', charge.reason, 'reasonCode', charge.reason_code, 'description', charge.description,
                     'amount', charge.amount::text,
                     'tax', jsonb_build_object('category', charge.tax_category,
                                               'rate', trim_scale(charge.tax_rate)::text)) ORDER BY charge.charge_no)
              FROM invoice_charge AS charge
             WHERE charge.invoice_id = invoice.id), '[]')`;

/** Puts charges in the place of those that the invoice had. */
export async function replaceCharges(
  tx: Tx,
  of: { invoiceId: string; charges: readonly InvoiceCharge[] },
): Promise<void> {
  await tx('invoice_charge').where({ invoice_id: of.invoiceId }).delete();
  await insertCharges(tx, of);
}

export async function insertCharges(
  tx: Tx,
  of: { invoiceId: string; charges: readonly InvoiceCharge[] },
): Promise<void> {
  if (of.charges.length === 0) return;
  await named(tx, {
    name: 'invoice_charge.insert',
    text: `
      INSERT INTO invoice_charge (id, invoice_id, charge_no, order_id, order_charge_id, reason, reason_code, description,
                                  amount, tax_category, tax_rate)
      SELECT charge.id, $1, charge."chargeNo", charge."orderId", charge."orderChargeId", charge.reason,
             charge."reasonCode", charge.description, charge.amount, charge.tax ->> 'category',
             (charge.tax ->> 'rate')::numeric
        FROM jsonb_to_recordset($2::jsonb)
          AS charge (id uuid, "chargeNo" integer, "orderId" uuid, "orderChargeId" uuid, reason text, "reasonCode" text,
                     description text, amount numeric, tax jsonb)`,
    values: [of.invoiceId, JSON.stringify(of.charges.map((charge) => ({ ...charge, id: newId() })))],
  });
}
