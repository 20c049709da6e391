import { hasRole } from '../../kernel/actor.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findOpenDrafts } from './invoice-drafts.queries.ts';

/** A supplier's drafts of invoices that wait to be finished and sent. */
export async function waitingForDrafts(ctx: Ctx): Promise<WaitingItem[]> {
  const { supplierId } = ctx.actor;
  if (supplierId === null || !hasRole(ctx.actor, 'supplier_administrator', 'supplier_accounts')) return [];
  const rows = await findOpenDrafts(ctx, { supplierId, limit: 5 });
  if (rows.length === 0) return [];
  return [
    {
      key: 'waiting.invoice-drafts.to-send',
      count: rows[0]?.total ?? rows.length,
      href: '/invoices/new',
      urgent: false,
      items: rows.map((row) => ({
        label: [row.supplierNumber, row.fileName, row.sourceReference]
          .filter((one) => one !== null)
          .join(' · '),
        href: `/invoices/drafts/${row.id}`,
        dueAt: null,
      })),
    },
  ];
}
