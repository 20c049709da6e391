import { z } from 'zod';
import { findUser } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'suppliers/on-supplier-contact-added';
const added = z.object({ userId: z.uuid() });

/** Tells the supplier's administrators who was let in, or in again, and by whom, but for who did it. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['supplier.contact-added', 'supplier.contact-reactivated'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { userId } = added.parse(event.changes);
      const person = found('user', await findUser(ctx, userId));
      const administrators = await supplierUserIds(ctx, event.subjectId, 'administration');
      await notify(ctx, {
        eventId: event.id,
        userIds: administrators.filter((id) => id !== userId && id !== event.actorId),
        template: 'company-contact-added',
        params: { name: person.name, email: person.email, by: event.actorName },
        link: '/company',
      });
    }),
};
