import { mayUse } from '../../identity/index.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findAskedOf, findDueOf, type WaitingInstalment } from './instalments-waiting.queries.ts';

/** What waits for this person: ours to confirm what was asked for, a supplier's to invoice what is due. */
export async function waitingForInstalments(ctx: Ctx): Promise<WaitingItem[]> {
  const { userId, supplierId } = ctx.actor;
  if (supplierId !== null && mayUse(ctx, 'invoice.submit'))
    return itemOf('to-invoice', await findDueOf(ctx, supplierId));
  if (supplierId === null && userId !== null && mayUse(ctx, 'instalment.decide'))
    return itemOf('to-confirm', await findAskedOf(ctx, userId));
  return [];
}

function itemOf(kind: 'to-confirm' | 'to-invoice', rows: readonly WaitingInstalment[]): WaitingItem[] {
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      key: `waiting.instalments.${kind}`,
      count: first.total,
      href: `/orders/${first.orderId}/instalments`,
      urgent: false,
      items: rows.map((row) => ({
        label: [row.reference, row.title, row.name].filter((part) => part !== '').join(' · '),
        href: `/orders/${row.orderId}/instalments`,
        dueAt: null,
      })),
    },
  ];
}
