import { hasRole } from '../../kernel/actor.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { CreditNoteState } from './credit-note.ts';
import { findWaitingNotes } from './credit-notes.queries.ts';

/** Notes that wait for this actor: ours for a supplier's answer, a supplier's for finance, contested ones for their buyer. */
export async function waitingForCreditNotes(ctx: Ctx): Promise<WaitingItem[]> {
  const { actor } = ctx;
  if (actor.kind === 'supplier')
    return hasRole(actor, 'supplier_administrator', 'supplier_accounts')
      ? itemOf(ctx, { key: 'to-answer', state: 'sent', buyerId: null })
      : [];
  const items: WaitingItem[] = [];
  if (hasRole(actor, 'finance'))
    items.push(...(await itemOf(ctx, { key: 'to-approve', state: 'submitted', buyerId: null })));
  if (hasRole(actor, 'buyer'))
    items.push(...(await itemOf(ctx, { key: 'contested', state: 'contested', buyerId: actor.userId })));
  return items;
}

async function itemOf(
  ctx: Ctx,
  of: { key: string; state: CreditNoteState; buyerId: string | null },
): Promise<WaitingItem[]> {
  const rows = await findWaitingNotes(ctx, { state: of.state, buyerId: of.buyerId });
  if (rows.length === 0) return [];
  return [
    {
      key: `waiting.credits.${of.key}`,
      count: rows[0]?.total ?? rows.length,
      href: `/credit-notes?state=${of.state}`,
      urgent: of.state === 'contested',
      items: rows.map((row) => ({
        label: actorLabel(ctx, row),
        href: `/credit-notes/${row.id}`,
        dueAt: null,
      })),
    },
  ];
}

const actorLabel = (ctx: Ctx, row: { reference: string; supplierName: string }): string =>
  ctx.actor.kind === 'supplier' ? row.reference : `${row.reference} · ${row.supplierName}`;
