import { findUsersByRole } from '../../src/identity/index.ts';
import { getRetentionFacts } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-retention-moved';
const TEMPLATES: Readonly<Record<string, string>> = {
  'retention.asked': 'retention-asked',
  'retention.released': 'retention-released',
};

/** Tells finance that a release is asked for, and the supplier that it is released. Idempotent: `notify` tells nobody twice. */
export const job: EventJob = {
  name,
  on: Object.keys(TEMPLATES),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { retention, supplierPeople } = await getRetentionFacts(ctx, event.subjectId);
      const isToSupplier = event.action === 'retention.released';
      const finance = isToSupplier ? [] : (await findUsersByRole(ctx, 'finance')).map((person) => person.id);
      await notify(ctx, {
        eventId: event.id,
        userIds: isToSupplier ? supplierPeople : finance.filter((id) => id !== retention.askedBy),
        template: TEMPLATES[event.action] ?? '',
        params: {
          invoice: isToSupplier ? retention.supplierNumber : retention.invoiceReference,
          order: retention.orderReference,
          supplier: retention.supplierName,
          company: companyName(ctx.policies.company),
        },
        facts: [
          {
            label: 'retentions.retained',
            value: { amount: retention.amount, currency: retention.currency },
          },
          ...(isToSupplier || retention.reason === ''
            ? []
            : [{ label: 'form.reason', value: retention.reason }]),
        ],
        link: isToSupplier ? `/invoices/${retention.invoiceId}` : '/retentions?state=asked',
        ...(isToSupplier ? { signInLink: true } : {}),
      });
    }),
};
