import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findAnswered, findEvent, listInvitations } from '../../src/sourcing/index.ts';
import { supplierUserIds, userIdsOfSuppliers } from '../../src/suppliers/index.ts';

const name = 'sourcing/on-enquiry-response-given';

/**
 * Tells everybody who was invited that a question was answered; who asked reads that it was its own. An answer to the
 * asker alone is told to nobody else. Idempotent by the event row and the template.
 */
export const job: EventJob = {
  name,
  on: ['enquiry_response.given'],
  queue: 'acts',
  run: (house, given) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { eventId, supplierId, audience } = await findAnswered(ctx, given.subjectId);
      const event = await findEvent(ctx, eventId);
      const message = {
        eventId: given.id,
        params: {
          company: companyName(ctx.policies.company),
          reference: event.reference,
          title: event.title,
        },
        facts: [
          { label: 'sourcing.fact.reference', value: event.reference },
          { label: 'sourcing.fact.title', value: event.title },
          {
            label: 'sourcing.fact.closes',
            value: { instant: event.closesAt ?? ctx.now, timeZone: event.timeZone },
          },
        ],
        link: `/bids/invitations/${eventId}`,
        signInLink: true,
      };
      const asker = await supplierUserIds(ctx, supplierId, 'bids');
      await notify(ctx, { ...message, userIds: asker, template: 'enquiry-answered-own' });
      if (audience === 'asker') return;
      const others = (await listInvitations(ctx, eventId))
        .filter(
          (one) => one.state !== 'uninvited' && one.supplierId !== supplierId && one.biddingEndedAt === null,
        )
        .map((one) => one.supplierId);
      const userIds = await userIdsOfSuppliers(ctx, others, 'bids');
      await notify(ctx, { ...message, userIds, template: 'enquiry-answered' });
    }),
};
