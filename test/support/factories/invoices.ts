import { findReceiptLines } from '../../../src/deliveries/index.ts';
import { type EnteredInvoice, matchInvoice, submitInvoice } from '../../../src/invoices/index.ts';
import { system } from '../../../src/kernel/actor.ts';
import { trimDecimal } from '../../../src/kernel/money.ts';
import type { Tax } from '../../../src/kernel/tax.ts';
import type { World } from '../world.ts';
import { type MadeReceipt, makeReceipt } from './deliveries.ts';
import { type MadeOrder, makeOrder } from './orders.ts';

/** A line as a test wants it: what it does not say is as received and ordered. An empty quantity leaves it out. */
export type LineWanted = { readonly quantity?: string; readonly unitPrice?: string; readonly tax?: Tax };

export type MadeInvoice = {
  readonly order: MadeOrder;
  readonly receipt: MadeReceipt;
  readonly invoiceId: string;
};

let serial = 0;

/** An order all of whose goods are received by one receipt, by default 10 and 4 pieces at 12.50. */
export async function makeReceived(
  world: World,
  wanted: { order?: MadeOrder; quantities?: readonly string[] } & Pick<
    NonNullable<Parameters<typeof makeOrder>[1]>,
    'lines' | 'currency' | 'supplierUser' | 'buyer' | 'paymentTermsDays'
  > = {},
): Promise<{ order: MadeOrder; receipt: MadeReceipt }> {
  const { order: before, quantities, ...header } = wanted;
  const order = before ?? (await makeOrder(world, header));
  const receipt = await makeReceipt(world, order, quantities === undefined ? {} : { quantities });
  return { order, receipt };
}

/** What a supplier enters for a receipt: all of it at the order's price, unless the test wants it otherwise. */
export async function enteredFor(
  world: World,
  of: { order: MadeOrder; receipt: MadeReceipt },
  wanted: Partial<Omit<EnteredInvoice, 'lines'>> & { lines?: readonly LineWanted[] } = {},
): Promise<EnteredInvoice> {
  serial += 1;
  const received = await world.runInTx(system('test'), (ctx) => findReceiptLines(ctx, of.receipt.receipt.id));
  const prices = new Map(of.order.lines.map((line) => [line.id, line.unitPrice]));
  const { lines: changes = [], ...header } = wanted;
  return {
    supplierNumber: `INV-T-${serial}`,
    issuedOn: world.now().toISOString().slice(0, 10),
    tax: { category: 'S', rate: '13' },
    ...header,
    lines: received.flatMap((line, row) => {
      const quantity = changes[row]?.quantity ?? trimDecimal(line.quantity);
      const unitPrice = changes[row]?.unitPrice ?? trimDecimal(prices.get(line.poLineId) ?? '0');
      return quantity === ''
        ? []
        : [{ poLineId: line.poLineId, quantity, unitPrice, tax: changes[row]?.tax ?? null, row }];
    }),
  };
}

/** An invoice as its supplier sends it, and, unless `isMatched` is false, matched as the job does. */
export async function makeInvoice(
  world: World,
  wanted: Parameters<typeof enteredFor>[2] & {
    of?: { order: MadeOrder; receipt: MadeReceipt };
    isMatched?: boolean;
  } = {},
): Promise<MadeInvoice> {
  const { of = await makeReceived(world), isMatched = true, ...entered } = wanted;
  const figures = await enteredFor(world, of, entered);
  const invoiceId = await world.runInTx(of.order.supplierUser, (ctx) =>
    submitInvoice(ctx, { receiptId: of.receipt.receipt.id, entered: figures }),
  );
  if (isMatched) await world.runInTx(system('test'), (ctx) => matchInvoice(ctx, invoiceId));
  return { ...of, invoiceId };
}
