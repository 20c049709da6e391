import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { activeUserIds, getBankAccount } from '../../src/suppliers/index.ts';

const name = 'suppliers/on-bank-account-change';

const TEMPLATES: Readonly<Record<string, string>> = {
  'bank_account_change.requested': 'bank-account-requested',
  'bank_account_change.cooling-off': 'bank-account-cooling-off',
  'bank_account_change.activated': 'bank-account-activated',
  'bank_account_change.rejected': 'bank-account-stopped',
  'bank_account_change.objected': 'bank-account-stopped',
};

/**
 * Tells all of a supplier's people, whatever their rights, what happens to the account their company is paid to: whoever
 * diverts money hopes that one mailbox is enough. Idempotent: `notify` tells nobody twice about one act.
 */
export const job: EventJob = {
  name,
  on: Object.keys(TEMPLATES),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const change = await getBankAccount(ctx, event.subjectId);
      await notify(ctx, {
        eventId: event.id,
        userIds: await activeUserIds(ctx, change.supplierId),
        template: TEMPLATES[event.action] ?? '',
        params: {
          supplier: change.supplierName,
          company: companyName(ctx.policies.company),
          name: change.requesterName,
          tail: change.accountTail,
          reason: change.rejectionReason ?? '',
          until: { instant: change.dueAt ?? ctx.now },
        },
        link: `/bank-accounts/${change.id}`,
      });
    }),
};
