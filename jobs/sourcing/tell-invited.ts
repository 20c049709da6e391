import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findEvent, listInvitations } from '../../src/sourcing/index.ts';
import { userIdsOfSuppliers } from '../../src/suppliers/index.ts';

/**
 * A job that tells every supplier that was invited what became of a published event, and why. What nobody
 * outside knew of ends in silence. Idempotent by the event row.
 */
export const tellInvited = (of: {
  name: string;
  on: string;
  template: string;
  /** What else the mail says of the act: instants that it recorded. */
  instants?: readonly string[];
  /** And numbers or texts. */
  values?: readonly string[];
}): EventJob => ({
  name: of.name,
  on: [of.on],
  queue: 'acts',
  run: (house, done) =>
    house.runInTx({ actor: system(of.name) }, async (ctx) => {
      const event = await findEvent(ctx, done.subjectId);
      if (event.publishedAt === null) return;
      const invited = (await listInvitations(ctx, event.id)).filter(
        (one) => one.state !== 'uninvited' && (hasEnded(event.state) || one.biddingEndedAt === null),
      );
      const reason = done.changes['reason'];
      await notify(ctx, {
        eventId: done.id,
        userIds: await userIdsOfSuppliers(
          ctx,
          invited.map((one) => one.supplierId),
          'bids',
        ),
        template: of.template,
        params: {
          company: companyName(ctx.policies.company),
          reference: event.reference,
          title: event.title,
          reason: typeof reason === 'string' ? reason : '',
          closesAt: { instant: event.closesAt ?? ctx.now, timeZone: event.timeZone },
          ...Object.fromEntries((of.values ?? []).map((key) => [key, String(done.changes[key])])),
          ...Object.fromEntries(
            (of.instants ?? []).map((key) => [
              key,
              { instant: String(done.changes[key]), timeZone: event.timeZone },
            ]),
          ),
        },
        link: `/bids/invitations/${event.id}`,
        signInLink: true,
        signedLink:
          event.state === 'open'
            ? {
                purpose: 'invitation',
                subjectId: event.id,
                reference: event.reference,
                endsAt: event.closesAt,
              }
            : null,
      });
    }),
});

/** What is told while a round goes on is for those it asks; what ends an event is for everybody. */
const hasEnded = (state: string): boolean => state === 'cancelled' || state === 'unsuccessful';
