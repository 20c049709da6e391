import { hasRole } from '../../kernel/actor.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findWaitingStatements } from './statements.queries.ts';

const OF_SUPPLIER = ['sent', 'confirmed'] as const;
const OF_US = ['draft', 'disputed'] as const;

/** Statements that wait for this actor: a supplier's to answer and to invoice, ours to send and to revise. */
export async function waitingForStatements(ctx: Ctx): Promise<WaitingItem[]> {
  const isSupplier = ctx.actor.kind === 'supplier';
  const mayAct = isSupplier
    ? hasRole(ctx.actor, 'supplier_administrator', 'supplier_accounts')
    : hasRole(ctx.actor, 'finance');
  if (!mayAct) return [];
  const items: WaitingItem[] = [];
  for (const state of isSupplier ? OF_SUPPLIER : OF_US) {
    const rows = await findWaitingStatements(ctx, state);
    if (rows.length === 0) continue;
    items.push({
      key: `waiting.statements.${state}`,
      count: rows[0]?.total ?? rows.length,
      href: `/statements?state=${state}`,
      urgent: state === 'disputed',
      items: rows.map((row) => ({
        label: [row.reference, row.month.slice(0, 7), ...(isSupplier ? [] : [row.supplierName])].join(' · '),
        href: `/statements/${row.id}`,
        dueAt: null,
      })),
    });
  }
  return items;
}
