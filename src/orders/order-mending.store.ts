import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Tx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';
import type { Mending } from './order-mending.ts';

/** The words that each line's award or agreement has for it. */
export async function findAgreedTexts(tx: Tx, orderId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await named<{ id: string; description: string }>(tx, {
    name: 'po_line.agreed-texts',
    text: `
      SELECT line.id, COALESCE(item.description, agreed.description, line.description) AS description
        FROM po_line AS line
        LEFT JOIN event_item AS item ON item.id = line.event_item_id
        LEFT JOIN call_off_line AS called ON called.po_line_id = line.id
        LEFT JOIN agreement_line AS agreed ON agreed.id = called.agreement_line_id
       WHERE line.order_id = $1`,
    values: [orderId],
  });
  return new Map(rows.map((row) => [row.id, row.description]));
}

/** What stands in the draft from now on. */
export async function saveMended(
  tx: Tx,
  of: Omit<Mending, 'lines'> & {
    orderId: string;
    totalAmount: DecimalString;
    nextDueOn: Day | null;
    lines: readonly { id: string; description: string; dueOn: Day | null; netPrice: DecimalString | null }[];
  },
): Promise<void> {
  await tx('purchase_order')
    .where({ id: of.orderId })
    .update({
      title: of.title,
      incoterm_place: of.incotermPlace,
      delivery_address: of.deliveryAddress,
      charges: JSON.stringify(of.charges),
      tax_rate: of.taxRate,
      total_amount: of.totalAmount,
      next_due_on: of.nextDueOn,
      version: tx.raw('version + 1'),
    });
  await named(tx, {
    name: 'po_line.save-mended',
    text: `
      WITH mended AS (
        SELECT * FROM jsonb_to_recordset($1::jsonb)
          AS line (id uuid, description text, "dueOn" date, "netPrice" numeric)
      ), dated AS (
        UPDATE po_schedule AS schedule
           SET due_on = mended."dueOn"
          FROM mended
         WHERE schedule.po_line_id = mended.id
      )
      UPDATE po_line AS line
         SET description = mended.description, net_price = mended."netPrice"
        FROM mended
       WHERE line.id = mended.id`,
    values: [JSON.stringify(of.lines)],
  });
}
