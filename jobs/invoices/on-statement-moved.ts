import { findUsersByRole } from '../../src/identity/index.ts';
import { getStatementFacts } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'invoices/on-statement-moved';

const TEMPLATES: Readonly<Record<string, string>> = {
  'statement.sent': 'statement-sent',
  'statement.confirmed': 'statement-confirmed',
  'statement.disputed': 'statement-disputed',
};

/** Tells the other side of a statement whose turn it is. Idempotent: `notify` tells nobody twice about one act. */
export const job: EventJob = {
  name,
  on: Object.keys(TEMPLATES),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { statement, names, sums, supplierPeople } = await getStatementFacts(ctx, event.subjectId);
      const isToSupplier = event.action === 'statement.sent';
      const finance = isToSupplier ? [] : (await findUsersByRole(ctx, 'finance')).map((person) => person.id);
      const { currency } = statement;
      await notify(ctx, {
        eventId: event.id,
        userIds: isToSupplier ? supplierPeople : [...new Set([...finance, statement.createdBy])],
        template: TEMPLATES[event.action] ?? '',
        params: {
          reference: statement.reference,
          month: { month: statement.month },
          supplier: names.supplierName,
          company: companyName(ctx.policies.company),
        },
        facts: [
          { label: 'statements.page.sum-to-invoice', value: { amount: sums.toInvoice, currency } },
          { label: 'statements.page.sum-invoiced', value: { amount: sums.invoiced, currency } },
          ...(statement.remark === null
            ? []
            : [{ label: 'statements.page.remark', value: statement.remark }]),
        ],
        link: `/statements/${statement.id}`,
        ...(isToSupplier ? { signInLink: true } : {}),
      });
    }),
};
