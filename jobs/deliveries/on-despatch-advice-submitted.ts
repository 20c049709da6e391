import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellReceivingSide } from './tell-receiving-side.ts';

const name = 'deliveries/on-despatch-advice-submitted';

/** Tells the buyer and the receivers what comes. Idempotent: `notify` tells nobody twice about one event. */
export const job: EventJob = {
  name,
  on: ['despatch_advice.submitted'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) =>
      tellReceivingSide(ctx, { event, template: 'delivery-announced' }),
    ),
};
