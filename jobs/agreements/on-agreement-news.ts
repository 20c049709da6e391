import { z } from 'zod';
import { type Agreement, findAgreement, findWriters } from '../../src/agreements/index.ts';
import { findUsersByRole } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { notify } from '../../src/notifications/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import type { EventJob, EventRow } from '../../src/platform/queue/job.ts';
import { findSupplier, orderReaders } from '../../src/suppliers/index.ts';

const name = 'agreements/on-agreement-news';
const about = z.object({ lastNoticeOn: z.string().optional() });

type Told = { readonly supplier?: true; readonly owner?: true; readonly approvers?: true };

/** Who is told of what. Whoever did it is not. */
const TOLD: Readonly<Record<string, Told>> = {
  'agreement.offered': { supplier: true, approvers: true },
  'agreement.returned': { owner: true },
  'agreement.rejected': { owner: true },
  'agreement.award-withdrawn': { owner: true },
  'agreement.price-proposed': { owner: true },
  'agreement.withdrawn': { owner: true, supplier: true },
  'agreement.refused': { owner: true },
  'agreement.in-force': { owner: true, supplier: true },
  'agreement.notice-given': { owner: true, supplier: true },
  'agreement.renewal-reminded': { owner: true },
  'agreement.expired': { owner: true, supplier: true },
  'agreement.exhausted': { owner: true, supplier: true },
  'agreement.terminated': { owner: true, supplier: true },
};

/** Tells those who have to act at an agreement, or whom it concerns. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: Object.keys(TOLD),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const agreement = found('agreement', await findAgreement(ctx, event.subjectId));
      const supplier = found('supplier', await findSupplier(ctx, agreement.supplierId));
      const { lastNoticeOn } = about.parse(event.changes);
      const message = {
        eventId: event.id,
        template: templateOf(event.action),
        params: {
          reference: agreement.reference,
          title: agreement.title,
          what: { key: `event-name.${event.action}` },
          noticeUntil: { day: lastNoticeOn ?? agreement.validUntil },
          end: { day: agreement.validUntil },
        },
        facts: [{ label: 'orders.list.supplier', value: supplier.name }],
        // What is withdrawn is not to be seen by its supplier.
        link: event.action === 'agreement.withdrawn' ? '/agreements' : `/agreements/${agreement.id}`,
      };
      await notify(ctx, { ...message, userIds: await ours(ctx, { agreement, event }) });
      if (TOLD[event.action]?.supplier !== true) return;
      const { priced } = await orderReaders(ctx, agreement.supplierId);
      const others = priced.filter((id) => id !== event.actorId);
      await notify(ctx, { ...message, userIds: others, signInLink: true });
    }),
};

function templateOf(action: string): string {
  if (action === 'agreement.offered') return 'agreement-to-sign';
  return action === 'agreement.renewal-reminded' ? 'agreement-renewal' : 'agreement-news';
}

async function ours(
  ctx: Ctx,
  { agreement, event }: { agreement: Agreement; event: EventRow },
): Promise<string[]> {
  const told = TOLD[event.action] ?? {};
  const writers = await findWriters(ctx, agreement.id);
  const approvers = told.approvers === true ? await findUsersByRole(ctx, 'approver') : [];
  const ids = [
    ...(told.owner === true ? [agreement.ownerId] : []),
    ...approvers.map(({ id }) => id).filter((id) => !writers.includes(id)),
  ];
  return ids.filter((id) => id !== event.actorId);
}
