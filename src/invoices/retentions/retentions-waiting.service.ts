import { mayUse } from '../../identity/index.ts';
import { personsOf } from '../../kernel/actor.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findAsked } from './retentions.queries.ts';

/** Releases that wait for somebody in finance who did not ask for them. */
export async function waitingForRetentions(ctx: Ctx): Promise<WaitingItem[]> {
  if (!mayUse(ctx, 'retention.decide')) return [];
  const rows = await findAsked(ctx, personsOf(ctx.actor));
  const [first] = rows;
  if (first === undefined) return [];
  const href = '/retentions?state=asked';
  return [
    {
      key: 'waiting.retentions.to-decide',
      count: first.total,
      href,
      urgent: false,
      items: rows.map((row) => ({ label: row.label, href, dueAt: null })),
    },
  ];
}
