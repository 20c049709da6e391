import { type Actor, system } from '../../../src/kernel/actor.ts';
import { found } from '../../../src/kernel/errors.ts';
import type { DecimalString } from '../../../src/kernel/money.ts';
import {
  acknowledgeOrder,
  findOrder,
  findOrderLines,
  issueOrder,
  type OrderLine,
  type OrderToIssue,
  type PurchaseOrder,
  sendOrder,
} from '../../../src/orders/index.ts';
import { registerSupplier } from '../../../src/suppliers/index.ts';
import type { World } from '../world.ts';
import { makeCatalog } from './sourcing.ts';

export type MadeOrder = {
  readonly order: PurchaseOrder;
  readonly lines: readonly (OrderLine & { readonly unitPrice: DecimalString })[];
  readonly supplierId: string;
  /** Somebody at the supplier, with all its roles. */
  readonly supplierUser: Actor;
  readonly buyer: Actor;
};

type LineWanted = Partial<OrderToIssue['lines'][number]>;

let serial = 0;

/** An order line of a test; every field can be overridden. */
export const orderLine = (wanted: LineWanted = {}): OrderToIssue['lines'][number] => ({
  eventItemId: null,
  itemCode: null,
  description: 'Bracket A, 6061-T6',
  quantity: '10',
  unit: 'C62',
  unitPrice: '12.50',
  priceBaseQuantity: '1',
  dueOn: '2026-04-01',
  ...wanted,
});

/**
 * An order as the use-cases make it, by default acknowledged, with two lines (10 and 4 pieces at 12.50).
 * `supplierUser` and `buyer` of an order made before put several orders into the same hands.
 */
export async function makeOrder(
  world: World,
  wanted: {
    lines?: readonly LineWanted[];
    state?: 'approved' | 'sent' | 'acknowledged';
    supplierUser?: Actor;
    buyer?: Actor;
    language?: 'en' | 'zh-CN';
  } & Partial<Omit<OrderToIssue, 'lines' | 'supplierId' | 'buyerId'>> = {},
): Promise<MadeOrder> {
  const { lines = [{}, { quantity: '4' }], state = 'acknowledged', language = 'en', ...others } = wanted;
  const {
    buyer = await world.staff('buyer'),
    supplierUser = await makeSupplierUser(world, language),
    ...header
  } = others;
  const supplierId = found('supplier', supplierUser.supplierId);
  const { plantCode } = await makeCatalog(world);
  const orderId = await world.runInTx(buyer, (ctx) =>
    issueOrder(ctx, {
      awardId: null,
      eventId: null,
      plantCode,
      title: 'CNC-machined brackets',
      currency: 'USD',
      incoterm: 'DAP',
      incotermPlace: 'Qingdao',
      paymentTermsDays: 30,
      ...header,
      supplierId,
      buyerId: buyer.userId ?? '',
      lines: lines.map(orderLine),
    }),
  );
  if (state !== 'approved') await world.runInTx(system('test'), (ctx) => sendOrder(ctx, orderId));
  if (state === 'acknowledged')
    await world.runInTx(supplierUser, (ctx) => acknowledgeOrder(ctx, { orderId, version: 1, note: '' }));
  const made = await world.runInTx(buyer, async (ctx) => ({
    order: found('purchase_order', await findOrder(ctx, orderId)),
    lines: (await findOrderLines(ctx, orderId)).map((line) => ({
      ...line,
      unitPrice: found('price', line.unitPrice),
    })),
  }));
  return { ...made, supplierId, supplierUser, buyer };
}

/** A user with all roles of a registered supplier of its own. */
async function makeSupplierUser(world: World, language: 'en' | 'zh-CN'): Promise<Actor> {
  serial += 1;
  const supplierId = await world.runInTx(system('test'), (ctx) =>
    registerSupplier(ctx, {
      name: `Orbit CNC ${serial}`,
      country: 'DE',
      addressLines: ['Werkstraße 4', '70565 Stuttgart'],
      taxId: null,
      language,
    }),
  );
  return world.supplierUser(
    supplierId,
    'supplier_administrator',
    'supplier_sales',
    'supplier_logistics',
    'supplier_accounts',
  );
}
