import { hasRole } from '../kernel/actor.ts';
import { ruleBroken } from '../kernel/errors.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findOrders, type OrderFilter, type OrderRow } from './order-list.queries.ts';
import { findDrafts, findProposed, findUnanswered } from './orders.queries.ts';

/** One page of the orders the actor may see. */
export const listOrders = (ctx: Ctx, filter: OrderFilter, page: PageRequest): Promise<Page<OrderRow>> =>
  findOrders(ctx, filter, page);

export const EXPORTED_ORDERS = 5_000;

/**
 * All orders of a filtered list, for a file.
 * @throws AppError `purchase_order.export-too-large` rather than leaving some out
 */
export async function listOrdersToExport(ctx: Ctx, filter: OrderFilter): Promise<readonly OrderRow[]> {
  const { rows, nextCursor } = await findOrders(ctx, filter, { after: null, limit: EXPORTED_ORDERS });
  if (nextCursor !== null)
    throw ruleBroken('purchase_order.export-too-large', 'Too many orders for a file at once', {
      maximum: EXPORTED_ORDERS,
    });
  return rows;
}

const PATIENCE_MS = 2 * 24 * 60 * 60_000;

/**
 * Orders that wait for this actor: a supplier's to acknowledge, and a buyer's own that nobody has acknowledged
 * for two days.
 */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const { actor, now } = ctx;
  const isSupplier = hasRole(actor, 'supplier_administrator', 'supplier_sales');
  if (!isSupplier && !hasRole(actor, 'buyer')) return [];
  const rows = await findUnanswered(ctx, {
    supplierId: isSupplier ? actor.supplierId : null,
    buyerId: isSupplier ? null : actor.userId,
    sentBefore: isSupplier ? now : new Date(now.getTime() - PATIENCE_MS),
  });
  const others = [
    ...(await waitingProposals(ctx, isSupplier)),
    ...(isSupplier ? [] : await waitingDrafts(ctx)),
  ];
  const [first] = rows;
  if (first === undefined) return others;
  return [
    ...others,
    {
      key: isSupplier ? 'waiting.orders.to-acknowledge' : 'waiting.orders.unanswered',
      count: first.count,
      href: '/orders?state=sent',
      urgent: !isSupplier,
      items: rows.map((row) => ({
        label: `${row.reference} ${row.title}`,
        href: `/orders/${row.id}`,
        dueAt: null,
      })),
    },
  ];
}

/** Drafts of this buyer: never submitted, or returned by an approver. */
async function waitingDrafts(ctx: Ctx): Promise<WaitingItem[]> {
  const rows = await findDrafts(ctx, ctx.actor.userId);
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      key: 'waiting.orders.drafts',
      count: first.count,
      href: '/orders?state=draft',
      urgent: false,
      items: rows.map((row) => ({
        label: `${row.reference} ${row.title}`,
        href: `/orders/${row.id}`,
        dueAt: null,
      })),
    },
  ];
}

/** Orders on which the other side proposed a change that waits for this actor. */
async function waitingProposals(ctx: Ctx, isSupplier: boolean): Promise<WaitingItem[]> {
  const rows = await findProposed(
    ctx,
    isSupplier
      ? { supplierId: ctx.actor.supplierId, buyerId: null }
      : { supplierId: null, buyerId: ctx.actor.userId },
  );
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      key: 'waiting.order-changes.to-answer',
      count: first.count,
      href: '/orders',
      urgent: rows.some((row) => row.dueAt !== null && row.dueAt < ctx.now),
      items: rows.map((row) => ({
        label: `${row.reference} ${row.title}`,
        href: `/orders/${row.id}/changes`,
        dueAt: row.dueAt,
      })),
    },
  ];
}
