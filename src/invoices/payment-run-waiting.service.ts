import { hasRole, personsOf } from '../kernel/actor.ts';
import { instantAt } from '../kernel/time.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findWaitingRuns } from './payment-run.queries.ts';
import { todayOf } from './payment-run.service.ts';

const KINDS = [
  { kind: 'to-release', href: '/payment-runs?state=draft' },
  { kind: 'to-settle', href: '/payment-runs?state=released' },
] as const;

/** Runs that wait for somebody in finance: to be released by who did not make them, and for the bank's result. */
export async function waitingForPaymentRuns(ctx: Ctx): Promise<WaitingItem[]> {
  if (!hasRole(ctx.actor, 'finance')) return [];
  const today = todayOf(ctx);
  const rows = await findWaitingRuns(ctx, { persons: personsOf(ctx.actor), today });
  return KINDS.flatMap(({ kind, href }) => {
    const own = rows.filter((row) => row.kind === kind);
    if (own.length === 0) return [];
    return [
      {
        key: `waiting.payments.${kind}`,
        count: own[0]?.count ?? 0,
        href,
        urgent: own.some((row) => row.payOn <= today),
        items: own.map((row) => ({
          label: row.reference,
          href: `/payment-runs/${row.id}`,
          dueAt: instantAt(`${row.payOn}T23:59`, ctx.policies.company.timeZone),
        })),
      },
    ];
  });
}
