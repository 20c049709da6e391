import { z } from 'zod';
import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier } from '../../src/suppliers/index.ts';

const name = 'suppliers/on-supplier-contact-invited';
const invited = z.object({ userId: z.uuid() });

/** Mails the invitation with its personal link. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['supplier.contact-invited'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const supplier = await findSupplier(ctx, event.subjectId);
      await notify(ctx, {
        eventId: event.id,
        userIds: [invited.parse(event.changes).userId],
        template: 'company-invitation',
        params: { supplier: supplier.name, company: companyName(ctx.policies.company) },
        link: '/',
        signInLink: true,
      });
    }),
};
