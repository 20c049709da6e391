import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { type DecimalString, lineAmount, sumMoney, trimDecimal } from '../kernel/money.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import { canonicalJson } from '../platform/crypto/canonical-json.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { traceOrder } from './order-sources.service.ts';
import { type AwardedLine, findLinesToOrder, findParties, lockAward } from './orders.queries.ts';
import type { PoContent } from './po-version.ts';
import { insertOrder, type NewOrderLine } from './purchase-order.store.ts';

/** What an order is made from. */
export type OrderToIssue = {
  readonly awardId: string | null;
  readonly eventId: string | null;
  readonly supplierId: string;
  readonly plantCode: string;
  readonly buyerId: string;
  readonly title: string;
  readonly currency: string;
  readonly incoterm: string;
  readonly incotermPlace: string;
  readonly paymentTermsDays: number;
  readonly lines: readonly {
    readonly eventItemId: string | null;
    readonly itemCode: string | null;
    readonly description: string;
    readonly quantity: DecimalString;
    readonly unit: string;
    readonly unitPrice: DecimalString;
    readonly priceBaseQuantity: DecimalString;
    readonly dueOn: Day | null;
    /** What it comes to in `awardCurrency`, where the order is in another one. */
    readonly awardedAmount?: DecimalString;
  }[];
  /** The currency that budgets were asked in; that of the order where nothing was awarded. */
  readonly awardCurrency?: string;
};

/**
 * Issues one order to each winner of an approved award that has none yet, and gives the new orders' ids: at once, or
 * after the standstill where there is one. Calling it again issues nothing: an award has one order a supplier. Of an
 * award that was cancelled meanwhile nothing is ordered.
 * @throws AppError `award.not-found`, `purchase_order.award-not-approved`
 */
export async function issueOrdersForAward(ctx: Ctx, awardId: string): Promise<string[]> {
  const { state, standstillDays } = found('award', await lockAward(ctx, awardId));
  if (['proposed', 'pending_approval', 'returned'].includes(state))
    throw ruleBroken('purchase_order.award-not-approved', 'Orders are issued for an approved award only');
  if (state === 'cancelled' || (standstillDays > 0 && state !== 'final')) return [];
  const ids: string[] = [];
  // A handful of winners, each with a number of its own: the numbers follow one another.
  for (const lines of bySupplier(await findLinesToOrder(ctx, awardId))) {
    const [first] = lines;
    if (first !== undefined) ids.push(await issueOrder(ctx, { ...first, awardId, lines }));
  }
  return ids;
}

const bySupplier = (lines: readonly AwardedLine[]): AwardedLine[][] => {
  const groups = new Map<string, AwardedLine[]>();
  for (const line of lines) groups.set(line.supplierId, [...(groups.get(line.supplierId) ?? []), line]);
  return [...groups.values()];
};

/**
 * Issues an order: numbered, with version 1 of its content and its hash. The supplier gets it once its
 * document is made.
 * @throws AppError `order_party.not-found`, `purchase_order.without-lines`
 */
export async function issueOrder(ctx: Ctx, order: OrderToIssue): Promise<string> {
  if (order.lines.length === 0) throw ruleBroken('purchase_order.without-lines', 'An order needs a line');
  const parties = found('order_party', await findParties(ctx, order));
  const lines = order.lines.map((line, index) =>
    newLine(line, { lineNo: index + 1, currency: order.currency }),
  );
  const reference = await nextReference(ctx.tx, 'PO', ctx.now);
  const content = contentOf(ctx, order, { ...parties, lines, reference });
  const id = newId();
  await insertOrder(ctx.tx, {
    ...order,
    id,
    reference,
    state: 'approved',
    currentVersion: content.version,
    totalAmount: content.totalAmount,
    lineCount: lines.length,
    issuedOn: content.issuedOn,
    nextDueOn: firstDay(lines.map((line) => line.dueOn)),
    createdAt: ctx.now,
    lines,
    issued: { id: newId(), content, sha256: sha256Hex(canonicalJson(content)) },
  });
  await traceOrder(ctx, {
    eventId: order.eventId,
    currency: order.awardCurrency ?? order.currency,
    lines: lines.map((line, index) => ({
      ...line,
      amount: order.lines[index]?.awardedAmount ?? line.amount,
    })),
  });
  await record(ctx, {
    action: 'purchase_order.issued',
    subject: { type: 'purchase_order', id },
    supplierId: order.supplierId,
    to: 'approved',
    changes: { reference, version: content.version, awardId: order.awardId },
  });
  return id;
}

const newLine = (
  line: OrderToIssue['lines'][number],
  at: { lineNo: number; currency: string },
): NewOrderLine => ({
  id: newId(),
  scheduleId: newId(),
  eventItemId: line.eventItemId,
  lineNo: at.lineNo,
  itemCode: line.itemCode,
  description: line.description,
  quantity: trimDecimal(line.quantity),
  unit: line.unit,
  unitPrice: trimDecimal(line.unitPrice),
  priceBaseQuantity: trimDecimal(line.priceBaseQuantity),
  amount: lineAmount({ ...line, currency: at.currency }),
  dueOn: line.dueOn,
});

const firstDay = (days: readonly (Day | null)[]): Day | null =>
  days.filter((day) => day !== null).sort()[0] ?? null;

function contentOf(
  ctx: Ctx,
  order: OrderToIssue,
  made: Pick<PoContent, 'buyer' | 'supplier' | 'plant' | 'eventReference' | 'reference'> & {
    lines: readonly NewOrderLine[];
  },
): PoContent {
  const { company, paymentTermsText } = ctx.policies;
  return {
    reference: made.reference,
    version: 1,
    issuedOn: dayIn(ctx.now, company.timeZone),
    title: order.title,
    eventReference: made.eventReference,
    company: {
      name: company.name,
      nameLocal: company.nameLocal,
      addressLines: company.addressLines,
      vatId: company.vatId,
    },
    buyer: made.buyer,
    supplier: made.supplier,
    plant: made.plant,
    incoterm: order.incoterm,
    incotermPlace: order.incotermPlace,
    paymentTermsDays: order.paymentTermsDays,
    paymentTermsText: paymentTermsText[made.supplier.language],
    currency: order.currency,
    totalAmount: sumMoney(
      made.lines.map((line) => line.amount),
      order.currency,
    ),
    lines: made.lines.map(({ id: _id, scheduleId: _schedule, eventItemId: _item, ...line }) => line),
  };
}
