import { mayUse } from '../identity/index.ts';
import { seesPrices } from '../kernel/actor.ts';
import { found } from '../kernel/errors.ts';
import { addDecimals, type DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { areTermsDiscussed, discussedLines, sideOf } from './change-order.service.ts';
import { findChanges, findContent } from './change-order.store.ts';
import { type ChangeOrder, type LineChange, moneyEffect, movedQuantity } from './change-order.ts';
import { termsEffect } from './changed-terms.ts';
import type { OrderLine } from './fulfilment.ts';
import { isAnswerable } from './order-response.ts';
import { findNames, type OrderNames } from './orders.queries.ts';
import { findOrder, findOrderLines } from './orders.service.ts';
import type { PoVersion } from './po-version.ts';
import { differenceBetween, type VersionDifference } from './po-version-difference.ts';
import { findVersions } from './purchase-order.store.ts';
import { isRunning, type PurchaseOrder } from './purchase-order.ts';

export type ShownLine = LineChange & {
  readonly description: string;
  readonly unit: string;
  readonly effect: DecimalString | null;
};
export type ShownChange = Omit<ChangeOrder, 'lines'> & {
  readonly lines: readonly ShownLine[];
  /** What its terms make; null where it has none, and for whoever works without prices. */
  readonly termsEffect: DecimalString | null;
  /** The money difference of the whole change; null for whoever works without prices. */
  readonly effect: DecimalString | null;
  readonly isLate: boolean;
  /** The number of the proposal that this one answers. */
  readonly countersNo: number | null;
  /** What this reader may do now; an act asks again. */
  readonly offers: { readonly decide: boolean; readonly withdraw: boolean };
};
export type ChangesPage = {
  readonly order: PurchaseOrder;
  readonly names: OrderNames;
  readonly isPriced: boolean;
  readonly open: readonly ShownChange[];
  readonly past: readonly ShownChange[];
  /** How many the reader could take at once. */
  readonly decidable: number;
  readonly openEffect: DecimalString | null;
  readonly versions: readonly PoVersion[];
  /** Null where there is one version only, or for whoever works without prices. */
  readonly difference: (VersionDifference & { from: number; to: number }) | null;
};

/** @throws AppError `purchase_order.not-found`, `po_version.not-found` */
export async function getChangesPage(
  ctx: Ctx,
  of: { orderId: string; from: number | null; to: number | null },
): Promise<ChangesPage> {
  const order = found('purchase_order', await findOrder(ctx, of.orderId));
  const lines = await findOrderLines(ctx, order.id);
  const isPriced = seesPrices(ctx.actor);
  const all = await findChanges(ctx.tx, order.id);
  const changes = all.map((change) => ({
    ...shown(ctx, { change, order, lines }),
    countersNo: all.find(({ id }) => id === change.countersId)?.changeNo ?? null,
  }));
  const open = changes.filter((change) => change.state === 'sent' || change.state === 'accepted');
  const decidable = open.filter((change) => change.offers.decide);
  return {
    order,
    names: found('purchase_order', await findNames(ctx, order.id)),
    isPriced,
    open,
    past: changes.filter((change) => !open.includes(change)),
    decidable: decidable.length,
    openEffect: isPriced ? addDecimals(decidable.map((change) => change.effect ?? '0')) : null,
    versions: await findVersions(ctx.tx, order.id),
    difference: isPriced ? await findDifference(ctx, order, of) : null,
  };
}

function shown(
  ctx: Ctx,
  { change, order, lines }: { change: ChangeOrder; order: PurchaseOrder; lines: readonly OrderLine[] },
): Omit<ShownChange, 'countersNo'> {
  const isPriced = seesPrices(ctx.actor);
  const without = (terms: LineChange['before']) =>
    isPriced ? terms : { deliveries: terms.deliveries, unitPrice: null, ...itemIn(terms) };
  const shownLines = change.lines.map((one): ShownLine => {
    const line = found(
      'po_line',
      lines.find(({ id }) => id === one.poLineId),
    );
    const priceless = { ...one, before: without(one.before), after: without(one.after) };
    return {
      ...priceless,
      description: line.description,
      unit: line.unit,
      effect: moneyEffect(priceless, { ...line, currency: order.currency }),
    };
  });
  const effectOfTerms =
    isPriced && change.terms !== null ? termsEffect(change.terms, { lines, currency: order.currency }) : null;
  const isOpen = change.state === 'sent';
  const isMine = change.proposedSide === sideOf(ctx);
  const may = mayUse(ctx, 'order.decide-change');
  return {
    ...change,
    lines: shownLines,
    terms: isPriced ? change.terms : null,
    termsEffect: effectOfTerms,
    effect: isPriced
      ? addDecimals([...shownLines.map((line) => line.effect ?? '0'), effectOfTerms ?? '0'])
      : null,
    isLate: change.dueAt !== null && change.dueAt < ctx.now,
    offers: { decide: isOpen && may && !isMine, withdraw: isOpen && may && isMine },
  };
}

const itemIn = ({ item }: LineChange['before']) => (item === undefined ? {} : { item });

async function findDifference(
  ctx: Ctx,
  order: PurchaseOrder,
  of: { from: number | null; to: number | null },
): Promise<ChangesPage['difference']> {
  if (order.currentVersion < 2) return null;
  const to = of.to ?? order.currentVersion;
  const from = of.from ?? Math.max(1, to - 1);
  const [before, after] = [
    found('po_version', await findContent(ctx.tx, { orderId: order.id, version: from })),
    found('po_version', await findContent(ctx.tx, { orderId: order.id, version: to })),
  ];
  return { ...differenceBetween(before, after), from, to };
}

export type LineToChange = OrderLine & {
  readonly movedQuantity: DecimalString;
  readonly isDiscussed: boolean;
  readonly isAnswerable: boolean;
};
export type ChangeFormPage = {
  readonly order: PurchaseOrder;
  readonly names: OrderNames;
  readonly lines: readonly LineToChange[];
  readonly isRunning: boolean;
  /** Another change of the charges is open. */
  readonly areTermsFixed: boolean;
};

/** What both forms show: the supplier's answer by line, and the buyer's change. @throws AppError `purchase_order.not-found` */
export async function getChangeForm(ctx: Ctx, orderId: string): Promise<ChangeFormPage> {
  const order = found('purchase_order', await findOrder(ctx, orderId));
  const changes = await findChanges(ctx.tx, order.id);
  const discussed = discussedLines(changes);
  const lines = await findOrderLines(ctx, order.id);
  return {
    order,
    names: found('purchase_order', await findNames(ctx, order.id)),
    areTermsFixed: areTermsDiscussed(changes),
    lines: lines.map((line) => ({
      ...line,
      movedQuantity: movedQuantity(line),
      isDiscussed: discussed.has(line.id),
      isAnswerable: isAnswerable(line),
    })),
    isRunning: isRunning(order),
  };
}

export type CounterFormPage = {
  readonly order: PurchaseOrder;
  /** Another change of the charges is open. */
  readonly areTermsFixed: boolean;
  readonly names: OrderNames;
  readonly change: Omit<ShownChange, 'countersNo'>;
};

/** A proposal that waits for this side, to be answered with another. @throws AppError `change_order.not-found` */
export async function getCounterForm(
  ctx: Ctx,
  of: { orderId: string; changeId: string },
): Promise<CounterFormPage> {
  const order = found('purchase_order', await findOrder(ctx, of.orderId));
  const lines = await findOrderLines(ctx, order.id);
  const changes = await findChanges(ctx.tx, order.id);
  const change = found(
    'change_order',
    changes.find(({ id }) => id === of.changeId),
  );
  const others = changes.filter(({ id }) => id !== of.changeId);
  return {
    order,
    areTermsFixed: areTermsDiscussed(others),
    names: found('purchase_order', await findNames(ctx, order.id)),
    change: shown(ctx, { change, order, lines }),
  };
}
