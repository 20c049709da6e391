import { z } from 'zod';
import { proposeIndexedPrices } from '../../src/agreements/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'agreements/on-price-index-valued';
const about = z.object({ code: z.string() });

/** Proposes the prices that a new value of an index changes. Idempotent: with a version open nothing is proposed. */
export const job: EventJob = {
  name,
  on: ['price_index.valued'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) =>
      proposeIndexedPrices(ctx, about.parse(event.changes).code),
    ),
};
