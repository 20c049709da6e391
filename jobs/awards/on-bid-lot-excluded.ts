import { z } from 'zod';
import { landOpenedBids } from '../../src/awards/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'awards/on-bid-lot-excluded';
const excluded = z.object({ eventId: z.uuid() });

/** Shares the costs of a bid out over the lots that it still counts in. Done twice, it gives the same. */
export const job: EventJob = {
  name,
  on: ['bid.lot-excluded'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) =>
      landOpenedBids(ctx, excluded.parse(event.changes).eventId),
    ),
};
