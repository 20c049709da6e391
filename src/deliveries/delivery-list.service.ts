import { hasRole } from '../kernel/actor.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { addDays, dayIn } from '../kernel/time.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type DeliveryFilter,
  type DeliveryRow,
  findDeliveries,
  findDueDeliveries,
  findReceipts,
  findUnannounced,
  type ReceiptFilter,
  type ReceiptRow,
  type Waiting,
} from './delivery-list.queries.ts';

/** One page of the announced deliveries that the actor may see. */
export const listDeliveries = (
  ctx: Ctx,
  filter: DeliveryFilter,
  page: PageRequest,
): Promise<Page<DeliveryRow>> => findDeliveries(ctx, filter, page);

/** One page of the receipts that the actor may see. */
export const listReceipts = (ctx: Ctx, filter: ReceiptFilter, page: PageRequest): Promise<Page<ReceiptRow>> =>
  findReceipts(ctx, filter, page);

const SOON_DAYS = 7;

/**
 * Deliveries that wait for this actor: a receiver's that are expected until today, and a supplier's orders that
 * are due within a week and not announced at all.
 */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const { actor } = ctx;
  if (hasRole(actor, 'receiver'))
    return asItem(await findDueDeliveries(ctx), {
      key: 'waiting.deliveries.to-receive',
      href: '/deliveries',
      page: (id) => `/despatches/${id}`,
    });
  if (actor.supplierId === null || !hasRole(actor, 'supplier_administrator', 'supplier_logistics')) return [];
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  const due = { supplierId: actor.supplierId, today, dueUntil: addDays(today, SOON_DAYS) };
  return asItem(await findUnannounced(ctx, due), {
    key: 'waiting.deliveries.to-announce',
    href: '/orders?state=acknowledged&sort=due',
    page: (id) => `/orders/${id}`,
  });
}

function asItem(
  rows: readonly Waiting[],
  words: { key: string; href: string; page: (id: string) => string },
): WaitingItem[] {
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      key: words.key,
      count: first.count,
      href: words.href,
      urgent: first.isOverdue,
      items: rows.map((row) => ({
        label: `${row.reference} ${row.title}`,
        href: words.page(row.id),
        dueAt: null,
      })),
    },
  ];
}
