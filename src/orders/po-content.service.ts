import { findSupplierItems, inSupplierUnit, type SupplierItem } from '../catalog/index.ts';
import { found } from '../kernel/errors.ts';
import { trimDecimal } from '../kernel/money.ts';
import { dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { OrderLine } from './fulfilment.ts';
import { type Charged, type OrderTotals, totalsOf } from './order-charges.ts';
import { findOrderTerms } from './order-terms.service.ts';
import { findAgreementReference, findParties, type OrderParties } from './orders.queries.ts';
import { type PaymentPlan, pricedInstalments } from './payment-plan.ts';
import type { PoContent, PoContentLine } from './po-version.ts';
import type { PurchaseOrder } from './purchase-order.ts';

/**
 * What the first version of an order says: who is who, and which terms hold, on the day it is issued.
 * @throws AppError `order_party.not-found`
 */
export async function firstContent(
  ctx: Ctx,
  order: PurchaseOrder,
  { lines, parties: known }: { lines: readonly OrderLine[]; parties: OrderParties | undefined },
): Promise<PoContent> {
  const parties = found('order_party', known ?? (await findParties(ctx, order)));
  const agreementReference = await findAgreementReference(ctx, order.id);
  const terms = await findOrderTerms(ctx);
  const termsText = parties.supplier.language === 'zh-CN' ? terms.textZh : terms.textEn;
  const { company, paymentTermsText } = ctx.policies;
  return {
    reference: order.reference,
    version: 1,
    issuedOn: dayIn(ctx.now, company.timeZone),
    title: order.title,
    eventReference: parties.eventReference,
    ...(agreementReference === null ? {} : { agreementReference }),
    company: {
      name: company.name,
      nameLocal: company.nameLocal,
      addressLines: company.addressLines,
      vatId: company.vatId,
    },
    buyer: parties.buyer,
    supplier: parties.supplier,
    plant: deliveredTo(parties.plant, order),
    incoterm: order.incoterm,
    incotermPlace: order.incotermPlace,
    paymentTermsDays: order.paymentTermsDays,
    paymentTermsText: paymentTermsText[parties.supplier.language],
    currency: order.currency,
    ...(termsText === '' ? {} : { termsText }),
    ...pricedContent(lines, order, await findSupplierItems(ctx, itemsOf(order, lines))),
  };
}

const deliveredTo = (
  plant: PoContent['plant'],
  { deliveryAddress }: Pick<PurchaseOrder, 'deliveryAddress'>,
): PoContent['plant'] =>
  deliveryAddress === null ? plant : { ...plant, addressLines: deliveryAddress.split('\n') };

/** What a version says of lines, sums and the payment of them; the sums are told where they are more than one. */
export function pricedContent(
  lines: readonly OrderLine[],
  order: Charged & { readonly plan: PaymentPlan | null },
  supplierItems: ReadonlyMap<string, SupplierItem>,
): Pick<PoContent, 'lines' | 'totalAmount' | 'totals' | 'paymentPlan'> {
  const contentLines = lines.map((line) => contentLineOf(line, supplierItems.get(line.itemCode ?? '')));
  const totals = totalsOf(contentLines, order);
  return {
    totalAmount: totals.netAmount,
    ...(isPlain(totals, contentLines) ? {} : { totals }),
    ...planContent(order, totals.netAmount),
    lines: contentLines,
  };
}

const planContent = (
  { plan, currency }: Pick<PurchaseOrder, 'plan' | 'currency'>,
  totalAmount: string,
): Pick<PoContent, 'paymentPlan'> =>
  plan === null
    ? {}
    : {
        paymentPlan: {
          instalments: pricedInstalments(plan, { totalAmount, currency }),
          retention: plan.retention,
        },
      };

const isPlain = (totals: OrderTotals, lines: readonly PoContentLine[]): boolean =>
  totals.charges.length === 0 &&
  totals.taxes.length === 0 &&
  lines.every((line) => line.charges === undefined);

/** What the items of an order are asked after. */
export const itemsOf = (order: Pick<PurchaseOrder, 'supplierId'>, lines: readonly OrderLine[]) => ({
  supplierId: order.supplierId,
  itemCodes: lines.map((line) => line.itemCode),
});

const contentLineOf = (line: OrderLine, supplierItem: SupplierItem | undefined): PoContentLine => ({
  lineNo: line.lineNo,
  itemCode: line.itemCode,
  description: line.description,
  quantity: trimDecimal(line.quantity),
  unit: line.unit,
  ...(supplierItem === undefined
    ? {}
    : { supplierItem: { code: supplierItem.supplierItemCode, ...inSupplierUnit(line, supplierItem) } }),
  unitPrice: trimDecimal(found('price', line.unitPrice)),
  priceBaseQuantity: trimDecimal(line.priceBaseQuantity),
  amount: found('price', line.amount),
  ...(line.charges === undefined || line.charges.length === 0 ? {} : { charges: line.charges }),
  ...(line.taxRate === undefined || line.taxRate === null ? {} : { taxRate: trimDecimal(line.taxRate) }),
  dueOn: line.deliveries[0]?.dueOn ?? null,
  ...(line.deliveries.length > 1 ? { deliveries: line.deliveries } : {}),
});
