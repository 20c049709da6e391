import type { DecimalString } from '../kernel/money.ts';
import type { Tx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';
import type { Charge } from './order-charges.ts';
import type { PoContent } from './po-version.ts';
import type { PurchaseOrder } from './purchase-order.ts';

export type NewOrder = Omit<
  PurchaseOrder,
  | 'totalAmount'
  | 'chargesInvoiced'
  | 'deliveryAddress'
  | 'sentAt'
  | 'acknowledgedAt'
  | 'acknowledgedBy'
  | 'version'
> & {
  readonly totalAmount: PoContent['totalAmount'];
  readonly createdAt: Date;
  readonly lines: readonly NewOrderLine[];
};
export type NewOrderLine = Omit<PoContent['lines'][number], 'deliveries' | 'charges' | 'taxRate'> & {
  readonly id: string;
  readonly scheduleId: string;
  readonly eventItemId: string | null;
  readonly charges: readonly Charge[];
  readonly taxRate: DecimalString | null;
  readonly netPrice: DecimalString | null;
};

const INSERT_LINES = `
  WITH issued_line AS (
    SELECT * FROM jsonb_to_recordset($2::jsonb)
      AS row (id uuid, "scheduleId" uuid, "eventItemId" uuid, "lineNo" integer, "itemCode" text, description text,
              quantity numeric, unit text, "unitPrice" numeric, "priceBaseQuantity" numeric, amount numeric,
              "dueOn" date, charges jsonb, "taxRate" numeric, "netPrice" numeric)
  ), new_line AS (
    INSERT INTO po_line (id, order_id, line_no, event_item_id, item_code, description, quantity, unit, unit_price,
                         price_base_quantity, amount, charges, tax_rate, net_price)
    SELECT row.id, $1, row."lineNo", row."eventItemId", row."itemCode", row.description, row.quantity, row.unit,
           row."unitPrice", row."priceBaseQuantity", row.amount, row.charges, row."taxRate", row."netPrice"
      FROM issued_line AS row
  )
  INSERT INTO po_schedule (id, po_line_id, schedule_no, quantity, due_on)
  SELECT row."scheduleId", row.id, 1, row.quantity, row."dueOn"
    FROM issued_line AS row`;

/** Writes the order's header, its lines and schedules. */
export async function insertOrder(tx: Tx, order: NewOrder): Promise<void> {
  const row = {
    ...headerOf(order),
    id: order.id,
    reference: order.reference,
    award_id: order.awardId,
    event_id: order.eventId,
    buyer_id: order.buyerId,
    state: order.state,
    current_version: order.currentVersion,
    created_at: order.createdAt,
  };
  // The columns are always these, so the statement is one.
  const columns = Object.keys(row);
  await named(tx, {
    name: 'purchase_order.insert',
    text: `
      INSERT INTO purchase_order (${columns.join(', ')})
      VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    values: Object.values(row),
  });
  await insertLines(tx, order);
}

const headerOf = (order: Omit<NewOrder, 'id' | 'reference' | 'createdAt'>) => ({
  supplier_id: order.supplierId,
  plant_code: order.plantCode,
  category_code: order.categoryCode,
  title: order.title,
  currency: order.currency,
  incoterm: order.incoterm,
  incoterm_place: order.incotermPlace,
  payment_terms_days: order.paymentTermsDays,
  total_amount: order.totalAmount,
  charges: JSON.stringify(order.charges),
  tax_rate: order.taxRate,
  payment_plan: order.plan === null ? null : JSON.stringify(order.plan),
  line_count: order.lineCount,
  issued_on: order.issuedOn,
  next_due_on: order.nextDueOn,
});

const insertLines = (tx: Tx, order: Pick<NewOrder, 'id' | 'lines'>): Promise<unknown> =>
  named(tx, {
    name: 'po_line.insert',
    text: INSERT_LINES,
    values: [order.id, JSON.stringify(order.lines)],
  });

/** What stands in a draft from now on, in place of what stood there; only the tables' own guard knows that it is one. */
export async function replaceDraft(tx: Tx, order: NewOrder): Promise<void> {
  const lineIds = tx('po_line').where({ order_id: order.id }).select('id');
  await tx('po_line_source').whereIn('po_line_id', lineIds).delete();
  await tx('po_schedule').whereIn('po_line_id', lineIds).delete();
  await tx('po_line').where({ order_id: order.id }).delete();
  await tx('purchase_order')
    .where({ id: order.id })
    .update({ ...headerOf(order), version: tx.raw('version + 1') });
  await insertLines(tx, order);
}
