import { acceptedExtensions, type Document, documentsOfAll } from '../../documents/index.ts';
import { mayUse } from '../../identity/index.ts';
import { personsOf } from '../../kernel/actor.ts';
import { found } from '../../kernel/errors.ts';
import { addDecimals, type DecimalString } from '../../kernel/money.ts';
import { type Tax, taxKey, withKey } from '../../kernel/tax.ts';
import { type Day, dayIn } from '../../kernel/time.ts';
import { findOrder, isRunning, type PricedInstalment, type PurchaseOrder } from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findAccountsPeople } from '../invoices.queries.ts';
import * as store from './instalment.store.ts';
import { type InstalmentProgress, instalmentLifecycle, isDue, mustBeConfirmed } from './instalment.ts';
import { instalmentsOf, untouched } from './instalments.service.ts';
import { openOf } from './prepaid.ts';

const MEGABYTE = 1_048_576;

/** An instalment of the plan, how far it is, what shows it, and its invoice. */
export type InstalmentRow = PricedInstalment & {
  readonly progress: InstalmentProgress;
  /** As pages show it: one that needs no confirmation is due from the start. */
  readonly shownState: InstalmentProgress['state'];
  readonly documents: readonly Document[];
  readonly invoice: (store.PrepaidInvoice & { readonly openAmount: DecimalString }) | null;
  readonly mayBeAsked: boolean;
  readonly mayBeConfirmed: boolean;
  readonly mayBeDeclined: boolean;
  readonly mayBeInvoiced: boolean;
};

export type InstalmentsPage = {
  readonly order: PurchaseOrder;
  readonly rows: readonly InstalmentRow[];
  /** Invoiced in advance and not used up yet, with tax. */
  readonly openAmount: DecimalString;
  /** This reader ordered or needs it, and does not pay for it. */
  readonly isOursToConfirm: boolean;
  readonly taxes: readonly (Tax & { readonly key: string })[];
  readonly taxKey: string;
  readonly today: Day;
  readonly accept: readonly string[];
  readonly megabytes: number;
};

/**
 * How far an order's instalments are. A requester, who sees no orders, sees it for its own needs.
 * @throws AppError `purchase_order.not-found`
 */
export async function getInstalmentsPage(ctx: Ctx, orderId: string): Promise<InstalmentsPage> {
  const order = found('purchase_order', await findOrder(ctx, orderId));
  const requesters = ctx.actor.kind === 'staff' ? await store.findRequesters(ctx.tx, orderId) : [];
  const persons = personsOf(ctx.actor);
  const isRequester = requesters.some((id) => persons.includes(id));
  found('purchase_order', mayUse(ctx, 'order.read') || isRequester ? order : undefined);
  const progress = await store.findProgress(ctx.tx, orderId);
  const prepaid = await store.findPrepaid(ctx.tx, { orderId, except: null });
  const documents = await documentsOfAll(
    ctx,
    'instalment',
    progress.map((one) => one.id),
  );
  const rows = instalmentsOf(order).map((planned) =>
    rowOf({
      planned,
      order,
      progress: progress.find((one) => one.no === planned.no) ?? untouched(order, planned.no),
      prepaid: prepaid.find((one) => one.instalmentNo === planned.no),
      documents,
    }),
  );
  const { taxes, company, limits } = ctx.policies;
  const last = taxes.find((tax) => tax.rate === (order.taxRate ?? ''));
  const today = dayIn(ctx.now, company.timeZone);
  const pays = mayUse(ctx, 'invoice.approve') || mayUse(ctx, 'invoice.pay');
  return {
    order,
    rows,
    openAmount: addDecimals(prepaid.map(openOf)),
    isOursToConfirm: !pays && (isRequester || persons.includes(order.buyerId)),
    taxes: taxes.map(withKey),
    taxKey: last === undefined ? (taxes[0] === undefined ? '' : taxKey(taxes[0])) : taxKey(last),
    // West of us it may still be the day before the order's.
    today: today < order.issuedOn ? order.issuedOn : today,
    accept: acceptedExtensions,
    megabytes: Math.round(limits.uploadBytes / MEGABYTE),
  };
}

function rowOf(of: {
  planned: PricedInstalment;
  order: PurchaseOrder;
  progress: InstalmentProgress;
  prepaid: store.PrepaidInvoice | undefined;
  documents: readonly Document[];
}): InstalmentRow {
  const { planned, progress, prepaid } = of;
  const isOpen = isRunning(of.order);
  const may = (act: Parameters<typeof instalmentLifecycle.may>[1]): boolean =>
    isOpen && instalmentLifecycle.may(progress.state, act);
  const needed = mustBeConfirmed(planned);
  return {
    ...planned,
    progress,
    shownState: isDue(planned, progress.state) ? 'due' : progress.state,
    documents: of.documents.filter((document) => document.subject.id === progress.id),
    invoice: prepaid === undefined ? null : { ...prepaid, openAmount: openOf(prepaid) },
    mayBeAsked: needed && may('ask'),
    mayBeConfirmed: needed && may('confirm'),
    mayBeDeclined: may('decline'),
    mayBeInvoiced: isOpen && of.order.state !== 'sent' && isDue(planned, progress.state),
  };
}

/** What mails about an instalment say, and whom they go to on both sides. */
export type InstalmentFacts = {
  readonly order: PurchaseOrder;
  readonly planned: PricedInstalment;
  readonly progress: InstalmentProgress;
  /** Who can confirm it. */
  readonly ourPeople: readonly string[];
  readonly supplierPeople: readonly string[];
};

/** @throws AppError `purchase_order.not-found`, `instalment.not-found` */
export async function getInstalmentFacts(
  ctx: Ctx,
  of: { orderId: string; no: number },
): Promise<InstalmentFacts> {
  const order = found('purchase_order', await findOrder(ctx, of.orderId));
  const progress = await store.findProgress(ctx.tx, order.id);
  return {
    order,
    planned: found(
      'instalment',
      instalmentsOf(order).find((one) => one.no === of.no),
    ),
    progress: progress.find((one) => one.no === of.no) ?? untouched(order, of.no),
    ourPeople: [...new Set([order.buyerId, ...(await store.findRequesters(ctx.tx, order.id))])],
    supplierPeople: await findAccountsPeople(ctx, order.supplierId),
  };
}
