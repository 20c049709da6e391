import { hasRole } from '../kernel/actor.ts';
import { addDays, dayIn, instantAt } from '../kernel/time.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  findWaitingForBuyer,
  findWaitingForFinance,
  findWaitingForSupplier,
  type Waiting,
} from './waiting.queries.ts';

/** Payments are shown on the home page so many days before they are due. */
const PAY_AHEAD_DAYS = 7;

/**
 * Invoices that wait for this actor: a supplier's to correct and receipts to invoice, a buyer's with a
 * difference to accept, and finance's to approve and to pay.
 */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const { actor } = ctx;
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  const rows: Waiting[] = [];
  if (actor.supplierId !== null && hasRole(actor, 'supplier_administrator', 'supplier_accounts'))
    rows.push(...(await findWaitingForSupplier(ctx, actor.supplierId)));
  if (actor.userId !== null && hasRole(actor, 'buyer'))
    rows.push(...(await findWaitingForBuyer(ctx, actor.userId)));
  if (hasRole(actor, 'finance'))
    rows.push(...(await findWaitingForFinance(ctx, addDays(today, PAY_AHEAD_DAYS))));
  const kinds = [...new Set(rows.map((row) => row.kind))];
  return kinds.map((kind) => itemOf(ctx, { rows: rows.filter((row) => row.kind === kind), kind, today }));
}

function itemOf(
  ctx: Ctx,
  of: { rows: readonly Waiting[]; kind: Waiting['kind']; today: string },
): WaitingItem {
  const { timeZone } = ctx.policies.company;
  return {
    key: `waiting.invoices.${of.kind}`,
    count: of.rows[0]?.count ?? 0,
    href: LISTS[of.kind],
    urgent: of.kind === 'to-correct' || of.rows.some((row) => row.dueOn !== null && row.dueOn < of.today),
    items: of.rows.map((row) => ({
      label: row.label,
      href: of.kind === 'to-invoice' ? `/receipts/${row.id}/invoice/new` : `/invoices/${row.id}`,
      // A date is over when its day is.
      dueAt: row.dueOn === null ? null : instantAt(`${row.dueOn}T23:59`, timeZone),
    })),
  };
}

const LISTS: Readonly<Record<Waiting['kind'], string>> = {
  'to-correct': '/invoices/exceptions',
  'to-invoice': '/invoices',
  'to-accept': '/invoices/exceptions?mine=yes',
  'to-approve': '/invoices?state=pending_approval',
  'to-pay': '/invoices?state=approved',
};
