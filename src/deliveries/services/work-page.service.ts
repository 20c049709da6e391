import { findPlant } from '../../catalog/index.ts';
import { type Document, documentsOfAll } from '../../documents/index.ts';
import { mayUse } from '../../identity/index.ts';
import { found } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { type DecimalString, isPositive, trimDecimal } from '../../kernel/money.ts';
import { isService } from '../../kernel/quantity.ts';
import { type Day, dayIn } from '../../kernel/time.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import {
  findOrder,
  findOrderLines,
  isRunning,
  type OrderLine,
  type PurchaseOrder,
} from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import * as store from './service-entry.store.ts';
import { type ServiceEntry, serviceEntryLifecycle, statableQuantity } from './service-entry.ts';

/** The day at an order's plant. */
export const todayAt = async (ctx: Ctx, { plantCode }: PurchaseOrder): Promise<Day> =>
  dayIn(ctx.now, found('plant', await findPlant(ctx, plantCode)).timeZone);

/** The entry, for jobs. */
export const findServiceEntry = (ctx: Ctx, id: string): Promise<ServiceEntry | undefined> =>
  store.findEntry(ctx.tx, id);

/** Who may accept or refuse an entry: its order's buyer, and whose requisition its line came from. */
export const findWhoAnswers = async (
  ctx: Ctx,
  order: Pick<PurchaseOrder, 'id' | 'buyerId'>,
  { poLineId }: Pick<ServiceEntry, 'poLineId'>,
): Promise<string[]> => {
  const requesters = (await store.findRequesters(ctx.tx, order.id)).filter(
    (one) => one.poLineId === poLineId,
  );
  return [...new Set([order.buyerId, ...requesters.map((one) => one.userId)])];
};

export type WorkPage = {
  readonly order: PurchaseOrder;
  readonly entries: readonly (ServiceEntry & {
    readonly line: OrderLine;
    readonly isWaiting: boolean;
    /** By the reader; whether its roles let it is the page's to ask. */
    readonly mayBeAnswered: boolean;
    readonly documents: readonly Document[];
  })[];
  /** Lines of which work can be stated. */
  readonly lines: readonly (OrderLine & { readonly statable: DecimalString })[];
  readonly idempotencyKey: string;
  readonly today: Day;
};

/**
 * What was stated on an order, and what still can be. A requester, who sees no orders, sees it for its own needs.
 * @throws AppError `purchase_order.not-found`
 */
export async function getWorkPage(ctx: Ctx, orderId: string): Promise<WorkPage> {
  const order = found('purchase_order', await findOrder(ctx, orderId));
  const { userId } = ctx.actor;
  const isStaff = ctx.actor.kind === 'staff';
  const requesters = isStaff ? await store.findRequesters(ctx.tx, orderId) : [];
  const own = requesters.filter((one) => one.userId === userId).map((one) => one.poLineId);
  const seesAll = mayUse(ctx, 'delivery.read');
  found('purchase_order', seesAll || own.length > 0 ? order : undefined);
  const orderLines = await findOrderLines(ctx, orderId);
  const waiting = await store.findWaiting(ctx.tx, orderId);
  const entries = (await store.findEntriesOfOrder(ctx.tx, orderId)).filter(
    (entry) => seesAll || own.includes(entry.poLineId),
  );
  const documents = await documentsOfAll(
    ctx,
    'service_entry',
    entries.map((entry) => entry.id),
  );
  const lines = orderLines
    .filter((line) => isRunning(order) && isService(line, ctx.policies.services.units))
    .map((line) => ({ ...line, statable: trimDecimal(statableQuantity(line, waiting.get(line.id) ?? '0')) }));
  return {
    order,
    entries: entries.map((entry) => {
      const isWaiting = serviceEntryLifecycle.may(entry.state, 'accept');
      return {
        ...entry,
        line: found(
          'po_line',
          orderLines.find((line) => line.id === entry.poLineId),
        ),
        isWaiting,
        mayBeAnswered: isWaiting && (order.buyerId === userId || own.includes(entry.poLineId)),
        documents: documents.filter((document) => document.subject.id === entry.id),
      };
    }),
    lines: lines.filter((line) => isPositive(line.statable)),
    idempotencyKey: newId(),
    today: await todayAt(ctx, order),
  };
}

/** May the actor read a file of this entry? Whoever sees its order's deliveries, and who needs the work. */
export async function mayReadWork(ctx: Ctx, document: Pick<Document, 'subject'>): Promise<boolean> {
  const entry = await store.findEntry(ctx.tx, document.subject.id);
  const order = entry === undefined ? undefined : await findOrder(ctx, entry.orderId);
  if (entry === undefined || order === undefined) return false;
  if (mayUse(ctx, 'delivery.read')) return true;
  const { userId } = ctx.actor;
  return userId !== null && (await findWhoAnswers(ctx, order, entry)).includes(userId);
}

/** What waits for this person to accept or refuse it. */
export async function waitingForWork(ctx: Ctx): Promise<WaitingItem[]> {
  const { userId } = ctx.actor;
  if (userId === null || !mayUse(ctx, 'service_entry.decide')) return [];
  const rows = await store.findWaitingFor(ctx.tx, userId);
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      key: 'waiting.deliveries.work',
      count: first.total,
      href: `/orders/${first.orderId}/work`,
      urgent: first.dueAt <= ctx.now,
      items: rows.map((row) => ({
        label: `${row.reference} · ${row.description}`,
        href: `/orders/${row.orderId}/work`,
        dueAt: row.dueAt,
      })),
    },
  ];
}
