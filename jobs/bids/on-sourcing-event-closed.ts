import {
  CLOSING_REFUSALS,
  type ClosingAudience,
  findClosingAudience,
  sealSubmittedBids,
} from '../../src/bids/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { type NotificationParams, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { isBidding, lockEvent } from '../../src/sourcing/index.ts';
import { supplierUserIds } from '../../src/suppliers/index.ts';

/**
 * Seals what was submitted, and tells each bidder whether its bid counts. Idempotent: sealed bids stay sealed, and
 * nobody is told twice about one event row.
 */
export const job: EventJob = {
  name: 'bids/on-sourcing-event-closed',
  on: ['sourcing_event.closed'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system('bids/on-sourcing-event-closed') }, async (ctx) => {
      const eventId = event.subjectId;
      // Held, so that it cannot be reopened meanwhile; reopened before, there is nothing to seal.
      const { reference, title, state } = await lockEvent(ctx, eventId);
      if (isBidding({ state })) return;
      await sealSubmittedBids(ctx, eventId);
      for (const bidder of await findClosingAudience(ctx, eventId))
        await notify(ctx, {
          eventId: event.id,
          userIds: await supplierUserIds(ctx, bidder.supplierId, 'bids'),
          template: templateFor(bidder),
          params: {
            event: reference,
            title,
            bid: bidder.bidReference,
            version: bidder.version,
            ...whyNot(bidder),
          },
          link: `/bids/${bidder.bidId}`,
        });
    }),
};

function templateFor(bidder: ClosingAudience): string {
  const isRefused = bidder.closingRefusal !== null;
  if (bidder.version === 0) return isRefused ? 'bid-not-submitted-at-closing' : 'bid-not-submitted';
  if (isRefused) return 'bid-changes-not-submitted-at-closing';
  return bidder.isUnsubmitted ? 'bid-sealed-with-changes' : 'bid-sealed';
}

/** Why what was to be submitted at closing was not, in each reader's words. */
function whyNot({ closingRefusal }: ClosingAudience): NotificationParams {
  if (closingRefusal === null) return {};
  const told = CLOSING_REFUSALS.find((code) => code === closingRefusal) ?? 'other';
  return { reason: { key: `bids.closing-choice.why.${told}` } };
}
