import { listCategories, listPlants } from '../catalog/index.ts';
import { chargeReasons } from '../kernel/charge.ts';
import { found } from '../kernel/errors.ts';
import { differingFields } from '../kernel/form-fields.ts';
import { incoterms } from '../kernel/incoterm.ts';
import { compareDecimals, isPositive, trimDecimal } from '../kernel/money.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { findWaitingLines, mergeLines } from '../requisitions/index.ts';
import { findSupplier, invitableSuppliers } from '../suppliers/index.ts';
import type { OrderLine } from './fulfilment.ts';
import { type Charge, usualTaxRate } from './order-charges.ts';
import type { OrderLineFields } from './order-draft.forms.ts';
import { findLineSources } from './order-source.store.ts';
import { findOrder, findOrderLines } from './orders.service.ts';
import { assertEditable, type PurchaseOrder } from './purchase-order.ts';

const MOST_SUPPLIERS = 500;
const CURRENCIES = ['USD', 'CNY', 'EUR', 'GBP', 'JPY', 'HKD', 'KRW', 'SGD', 'INR', 'MXN', 'BRL'];

export type OrderFields = Readonly<
  Record<
    | 'supplierId'
    | 'title'
    | 'plantCode'
    | 'categoryCode'
    | 'currency'
    | 'incoterm'
    | 'incotermPlace'
    | 'paymentTermsDays'
    | 'taxRate'
    | 'reason',
    string
  >
>;

/** What the selects of the form offer, within the scope of who fills it in. */
async function choices(ctx: Ctx, of: { currency: string; supplierId: string }) {
  const within = placesOf(ctx.actor);
  const isIn = (codes: readonly string[] | null, code: string) => codes === null || codes.includes(code);
  const active = await invitableSuppliers(ctx, { search: '', limit: MOST_SUPPLIERS });
  const chosen = of.supplierId === '' ? undefined : await findSupplier(ctx, of.supplierId);
  const isOffered = chosen === undefined || active.some(({ id }) => id === chosen.id);
  return {
    suppliers: isOffered ? active : [chosen, ...active],
    categories: (await listCategories(ctx)).filter(({ code }) => isIn(within.categories, code)),
    plants: (await listPlants(ctx)).filter(({ code }) => isIn(within.plants, code)),
    units: offeredUnits,
    currencies: [...new Set([of.currency, ...CURRENCIES])],
    incoterms,
    chargeReasons,
    taxRates: [...new Set(ctx.policies.taxes.map((tax) => tax.rate))],
  };
}

/**
 * A form that begins with approved requisition lines, or with this much of them: those for one item and unit are one
 * line; or with none.
 */
export async function getNewOrderForm(
  ctx: Ctx,
  of: { lineIds: readonly string[]; title: string; quantities: Readonly<Record<string, string>> },
) {
  const waiting = await findWaitingLines(ctx, { lineIds: of.lineIds, ...placesOf(ctx.actor) });
  const needed = waiting.map((line) => ({
    ...line,
    quantity: smaller(of.quantities[line.id], line.quantity),
  }));
  const [first] = needed;
  const currency = first?.currency ?? ctx.policies.company.currency;
  const offered = await choices(ctx, { currency, supplierId: '' });
  const plantCode = first?.plantCode ?? found('plant', offered.plants[0]).code;
  const plant = offered.plants.find(({ code }) => code === plantCode);
  const fields: OrderFields = {
    supplierId: '',
    title: of.title === '' ? (first?.description.slice(0, 200) ?? '') : of.title,
    plantCode,
    categoryCode: first?.categoryCode ?? '',
    currency,
    incoterm: 'DAP',
    incotermPlace: plant?.nameEn ?? '',
    paymentTermsDays: String(ctx.policies.paymentTermsDays),
    // Whoever buys elsewhere empties it: the supplier is not chosen yet.
    taxRate:
      usualTaxRate(ctx.policies.orders.tax, { plantCode, country: ctx.policies.orders.tax.country }) ?? '',
    reason: '',
  };
  const lines = mergeLines(needed).map(
    ({ item, sources }): OrderLineFields => ({
      itemCode: item.itemCode ?? '',
      description: item.description,
      quantity: trimDecimal(item.quantity),
      unit: item.unit,
      unitPrice: item.estimatedPrice === null ? '' : trimDecimal(item.estimatedPrice),
      dueOn: item.needByOn ?? '',
      discount: '',
      taxRate: '',
      sources: sources.map(({ requisitionLineId }) => requisitionLineId).join(','),
    }),
  );
  return {
    ...offered,
    fields,
    lines,
    charges: [] as Charge[],
    plan: null,
    order: null,
    isByHand: first === undefined,
  };
}

/** As much as was asked for, where that is a quantity and no more than is left. */
const smaller = (typed: string | undefined, left: string): string =>
  typed !== undefined && DECIMAL.test(typed) && isPositive(typed) && compareDecimals(typed, left) < 0
    ? typed
    : left;
const DECIMAL = /^\d{1,12}(\.\d{1,6})?$/;

/**
 * A draft to edit. A draft that somebody submitted meanwhile is shown to whoever typed into it, with what was typed.
 * @throws AppError `purchase_order.not-found`, what {@link assertEditable} throws
 */
export async function getDraftForm(ctx: Ctx, of: { orderId: string; wasTyped: boolean }) {
  const order = found('purchase_order', await findOrder(ctx, of.orderId));
  if (!of.wasTyped) assertEditable(order);
  const stored = await findOrderLines(ctx, order.id);
  const sources = await findLineSources(
    ctx.tx,
    stored.map((line) => line.id),
  );
  return {
    ...(await choices(ctx, order)),
    fields: fieldsOf(order),
    lines: stored.map((line) => lineFieldsOf(line, sources)),
    charges: order.charges,
    plan: order.plan,
    order,
    isByHand: sources.length === 0,
  };
}

const fieldsOf = (order: PurchaseOrder): OrderFields => ({
  supplierId: order.supplierId,
  title: order.title,
  plantCode: order.plantCode,
  categoryCode: order.categoryCode ?? '',
  currency: order.currency,
  incoterm: order.incoterm,
  incotermPlace: order.incotermPlace,
  paymentTermsDays: String(order.paymentTermsDays),
  taxRate: order.taxRate ?? '',
  reason: '',
});

const lineFieldsOf = (
  line: OrderLine,
  sources: readonly { poLineId: string; requisitionLineId: string }[],
): OrderLineFields => ({
  itemCode: line.itemCode ?? '',
  description: line.description,
  quantity: trimDecimal(line.quantity),
  unit: line.unit,
  unitPrice: trimDecimal(line.unitPrice ?? '0'),
  dueOn: line.dueOn ?? '',
  discount: line.charges?.[0]?.percent ?? '',
  taxRate: line.taxRate ?? '',
  sources: sources
    .filter(({ poLineId }) => poLineId === line.id)
    .map(({ requisitionLineId }) => requisitionLineId)
    .join(','),
});

/** What differs between a stored draft and what somebody typed into an older one: shown side by side. */
export const differencesOf = (
  stored: OrderFields,
  typed: Readonly<Record<string, unknown>>,
): { field: keyof OrderFields; stored: string; typed: string }[] =>
  differingFields(stored, typed).filter(({ field }) => field !== 'reason');
