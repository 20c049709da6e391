import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { activeUserIds, findRecovery } from '../../src/suppliers/index.ts';

const name = 'suppliers/on-supplier-recovery';

const TEMPLATES: Readonly<Record<string, string>> = {
  'supplier_recovery.requested': 'recovery-requested',
  'supplier_recovery.overruled': 'recovery-overruled',
  'supplier_recovery.completed': 'recovery-completed',
  'supplier_recovery.rejected': 'recovery-ended',
  'supplier_recovery.withdrawn': 'recovery-ended',
};

/**
 * Tells all of a supplier's people what is asked about their company, and who asked and decided that somebody
 * objected. Idempotent: `notify` tells nobody twice about one act.
 */
export const job: EventJob = {
  name,
  on: [...Object.keys(TEMPLATES), 'supplier_recovery.objected'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const recovery = await findRecovery(ctx, event.subjectId);
      const message = {
        eventId: event.id,
        params: {
          supplier: recovery.supplierName,
          company: companyName(ctx.policies.company),
          name: recovery.name,
          email: recovery.email,
          reason: recovery.reason,
          objection: recovery.objection ?? '',
          until: { instant: recovery.objectionsUntil },
        },
      };
      const template = TEMPLATES[event.action];
      if (template !== undefined)
        await notify(ctx, {
          ...message,
          userIds: await activeUserIds(ctx, recovery.supplierId),
          template,
          link: '/company',
        });
      else
        await notify(ctx, {
          ...message,
          userIds: [recovery.requestedBy, ...(recovery.decidedBy === null ? [] : [recovery.decidedBy])],
          template: 'recovery-objected',
          link: `/recoveries/${recovery.id}`,
        });
    }),
};
