import { hasRole } from '../../kernel/actor.ts';
import { instantAt } from '../../kernel/time.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { resumeInvoice } from '../matching.service.ts';
import { findInvoicesWaitingFor, findReceiptsToInspect } from './inspected.queries.ts';

/** Lets the invoices go on that waited for an inspection of this receipt. Calling it again does nothing. */
export async function resumeInspected(ctx: Ctx, receiptId: string): Promise<void> {
  for (const { id } of await findInvoicesWaitingFor(ctx, receiptId)) await resumeInvoice(ctx, id);
}

/** Receipts that invoices wait for, for whoever inspects at their plants. */
export async function waitingForInspection(ctx: Ctx): Promise<WaitingItem[]> {
  if (!hasRole(ctx.actor, 'receiver')) return [];
  const rows = await findReceiptsToInspect(ctx, { plants: placesOf(ctx.actor).plants, limit: 5 });
  if (rows.length === 0) return [];
  return [
    {
      key: 'waiting.inspections.to-inspect',
      count: rows[0]?.total ?? rows.length,
      href: `/receipts/${rows[0]?.id}`,
      urgent: rows.some((row) => instantAt(`${row.dueOn}T23:59`, ctx.policies.company.timeZone) < ctx.now),
      items: rows.map((row) => ({
        label: `${row.reference} · ${row.supplierName}`,
        href: `/receipts/${row.id}`,
        // A date is over when its day is.
        dueAt: instantAt(`${row.dueOn}T23:59`, ctx.policies.company.timeZone),
      })),
    },
  ];
}
