import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent, listInvitations } from '../../src/sourcing/index.ts';
import { userIdsOfSuppliers } from '../../src/suppliers/index.ts';

const name = 'bids/on-sourcing-event-round-started';

/**
 * Asks the chosen bidders for a better bid, and tells the other bidders that theirs stands as it is: of a new round
 * they hear nothing. Idempotent by the event row.
 */
export const job: EventJob = {
  name,
  on: ['sourcing_event.round-started'],
  queue: 'acts',
  run: (house, done) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const event = await findEvent(ctx, done.subjectId);
      const invited = await listInvitations(ctx, event.id);
      const reason = done.changes['reason'];
      const params = {
        company: companyName(ctx.policies.company),
        reference: event.reference,
        title: event.title,
        reason: typeof reason === 'string' ? reason : '',
        closesAt: { instant: String(done.changes['closesAt']), timeZone: event.timeZone },
      };
      const tell = async (template: string, supplierIds: readonly string[]): Promise<void> =>
        notify(ctx, {
          eventId: done.id,
          userIds: await userIdsOfSuppliers(ctx, supplierIds, 'bids'),
          template,
          params,
          link: `/bids/invitations/${event.id}`,
          signInLink: true,
        });
      const round = Number(done.changes['round']);
      const idsOf = (of: typeof invited) => of.map(({ supplierId }) => supplierId);
      await tell('round-started', idsOf(invited.filter(({ lastRound }) => lastRound === round)));
      // Only who bid in the round before waits for an answer.
      const others = invited.filter((one) => one.state === 'submitted' && one.lastRound === round - 1);
      await tell('bid-still-stands', idsOf(others));
    }),
};
