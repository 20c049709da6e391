import { approvalIdsOf, findApproval, type ShownApproval } from '../approvals/index.ts';
import { type TimelineEntry, timelineOf } from '../audit/index.ts';
import {
  findSupplierItems,
  inSupplierUnit,
  type PackagingFault,
  packagingFault,
  type SupplierItem,
} from '../catalog/index.ts';
import { type Document, documentsOf } from '../documents/index.ts';
import { may, mayUse } from '../identity/index.ts';
import { seesPrices } from '../kernel/actor.ts';
import { found } from '../kernel/errors.ts';
import type { DecimalString } from '../kernel/money.ts';
import { isService } from '../kernel/quantity.ts';
import { matchKindFor, mayBeMatched } from '../kernel/scoped-policy.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findChanges } from './change-order.store.ts';
import type { ChangeOrder } from './change-order.ts';
import { type OrderLine, openQuantity, orderShares } from './fulfilment.ts';
import { chainOf, toDecide } from './order-approval.service.ts';
import { type OrderTotals, totalsOf } from './order-charges.ts';
import { isOfProof, type ProofOfDelivery, proofIn } from './order-mail.service.ts';
import { findShownSources, type ShownLineSource } from './order-source.store.ts';
import { findNames, findPlaceOf, isWorkStated, type OrderNames } from './orders.queries.ts';
import { findOrder, findOrderLines } from './orders.service.ts';
import { type PricedInstalment, pricedInstalments } from './payment-plan.ts';
import { itemsOf } from './po-content.service.ts';
import type { PoVersion } from './po-version.ts';
import { findVersions } from './purchase-order.store.ts';
import { type NextAct, nextAct, type PurchaseOrder, stepOf } from './purchase-order.ts';

/** All that the page of one order shows. */
export type OrderPage = {
  readonly order: PurchaseOrder;
  /** False for whoever works without prices: there are none here, and no document that says them. */
  readonly isPriced: boolean;
  readonly names: OrderNames;
  readonly lines: readonly (OrderLine & {
    openQuantity: DecimalString;
    /** Null where the supplier's number is not known. */
    supplierItem: ShownSupplierItem | null;
  })[];
  readonly shares: { received: DecimalString; invoiced: DecimalString };
  readonly next: NextAct;
  /** How many proposals wait for an answer. */
  readonly openChanges: number;
  readonly step: number;
  readonly versions: readonly (PoVersion & { document: Document | null })[];
  /** Files of the order that are not the document of a version. */
  readonly documents: readonly Document[];
  readonly timeline: readonly TimelineEntry[];
  /** Null where nobody was asked, and for suppliers, always. */
  readonly approval: ShownApproval | null;
  /** Null where nothing is charged or taxed, and for whoever works without prices. */
  readonly totals: OrderTotals | null;
  /** What is paid before its delivery; empty where nothing is, and for whoever works without prices. */
  readonly instalments: readonly PricedInstalment[];
  readonly isEditable: boolean;
  /** A draft that follows an award or an agreement: what that does not say is mended. */
  readonly isMendable: boolean;
  /** Its invoices are matched with nothing but it: nothing is received. */
  readonly isByOrder: boolean;
  /** Null for suppliers. */
  readonly proof: ProofOfDelivery | null;
  /** Some lines are work, and some are goods. */
  readonly hasWork: boolean;
  readonly hasGoods: boolean;
  /** Whose needs the lines are; empty for suppliers, always. */
  readonly sources: readonly ShownLineSource[];
};

/** @throws AppError `purchase_order.not-found` */
export async function getOrderPage(ctx: Ctx, orderId: string): Promise<OrderPage> {
  const order = found('purchase_order', await findOrder(ctx, orderId));
  const names = found('purchase_order', await findNames(ctx, orderId));
  const lines = await findOrderLines(ctx, orderId);
  const versions = await findVersions(ctx.tx, orderId);
  const open = (await findChanges(ctx.tx, orderId)).filter((change) => change.state === 'sent');
  // The order as a document says every price.
  const isPriced = seesPrices(ctx.actor);
  const documents = isPriced ? await documentsOf(ctx, 'purchase_order', orderId) : [];
  const isStaff = ctx.actor.kind !== 'supplier';
  const supplierItems = await findSupplierItems(ctx, itemsOf(order, lines));
  const approval = isStaff ? await findApproval(ctx, chainOf(orderId)) : null;
  const approvalIds = isStaff ? await approvalIdsOf(ctx, orderId) : [];
  const timeline = await timelineOf(ctx, orderId, ...approvalIds);
  const byId = new Map(documents.map((document) => [document.id, document]));
  const isByOrder =
    mayBeMatched(ctx.policies.matching, 'two_way') &&
    matchKindFor(ctx.policies.matching, found('purchase_order', await findPlaceOf(ctx, orderId))) ===
      'two_way';
  return {
    order,
    isByOrder,
    isPriced,
    names,
    lines: lines.map((line) => shownLine(line, { item: supplierItems.get(line.itemCode ?? ''), isStaff })),
    hasWork: lines.some((line) => isService(line, ctx.policies.services.units)),
    hasGoods: lines.some((line) => !isService(line, ctx.policies.services.units)),
    shares: orderShares(lines),
    next: nextAct(order, lines, {
      proposedBy: turnOf(open),
      serviceUnits: ctx.policies.services.units,
      isWorkStated: await isWorkStated(ctx, orderId),
    }),
    openChanges: open.length,
    step: stepOf(order.state),
    versions: versions.map((one) => ({ ...one, document: byId.get(one.documentId ?? '') ?? null })),
    documents: documents.filter((document) => !versions.some((one) => one.documentId === document.id)),
    timeline: timeline.filter((entry) => !isOfProof(entry)).flatMap(asShown),
    proof: isStaff && order.sentAt !== null ? proofIn(timeline) : null,
    approval:
      approval === null
        ? null
        : {
            ...approval,
            mayDecide: approval.mayDecide && may(ctx, 'purchase_order.approve', await toDecide(ctx, order)),
          },
    totals: isPriced ? shownTotals(order, lines) : null,
    instalments:
      order.plan === null
        ? []
        : pricedInstalments(order.plan, { ...order, totalAmount: order.totalAmount ?? '0' }),
    isEditable: order.state === 'draft' && !followsAnother(order, names),
    isMendable: order.state === 'draft' && followsAnother(order, names),
    sources: mayUse(ctx, 'requisition.read') ? await findShownSources(ctx.tx, orderId) : [],
  };
}

const followsAnother = (order: PurchaseOrder, names: OrderNames): boolean =>
  order.awardId !== null || names.agreementReference !== null;

/** What the supplier calls a line, and whether it packs so much of it. */
type ShownSupplierItem = {
  readonly code: string;
  readonly inItsUnit: { readonly quantity: DecimalString; readonly unit: string } | null;
  /** Our buyer's to mend, so suppliers are not told. */
  readonly fault: PackagingFault | null;
};
const shownLine = (line: OrderLine, known: Parameters<typeof shownItem>[1]) => ({
  ...line,
  openQuantity: openQuantity(line),
  supplierItem: shownItem(line, known),
});
const shownItem = (
  line: OrderLine,
  { item, isStaff }: { item: SupplierItem | undefined; isStaff: boolean },
): ShownSupplierItem | null =>
  item === undefined
    ? null
    : {
        code: item.supplierItemCode,
        inItsUnit: inSupplierUnit(line, item),
        fault: isStaff ? packagingFault(line, item) : null,
      };

function shownTotals(order: PurchaseOrder, lines: readonly OrderLine[]): OrderTotals | null {
  const isPlain =
    order.charges.length === 0 &&
    order.taxRate === null &&
    lines.every((line) => (line.taxRate ?? null) === null);
  return isPlain
    ? null
    : totalsOf(
        lines.map((line) => ({ ...line, amount: line.amount ?? '0' })),
        order,
      );
}

/** Whose proposal is to be answered first: a supplier's, where both have one. */
const turnOf = (open: readonly ChangeOrder[]): ChangeOrder['proposedSide'] | null =>
  (open.find((change) => change.proposedSide === 'supplier') ?? open[0])?.proposedSide ?? null;

/** A booking is called by what it led to, and an order's document is told of once, by the act that made it. */
function asShown(entry: TimelineEntry): TimelineEntry[] {
  if (entry.action === 'document.added' && entry.changes['kind'] === 'order-pdf') return [];
  return entry.action === 'purchase_order.progressed'
    ? [{ ...entry, action: `purchase_order.now-${entry.toState?.replace('_', '-')}` }]
    : [entry];
}

/** May the actor read a file of this order? Staff who see orders, and the order's own supplier. */
export const mayReadDocument = async (ctx: Ctx, document: Pick<Document, 'subject'>): Promise<boolean> =>
  mayUse(ctx, 'order.read') && (await findOrder(ctx, document.subject.id)) !== undefined;
