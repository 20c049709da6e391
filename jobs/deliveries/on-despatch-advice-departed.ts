import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellReceivingSide } from './tell-receiving-side.ts';

const name = 'deliveries/on-despatch-advice-departed';

/** Tells the buyer and the receivers that it is on its way, with whom. Idempotent: `notify` tells nobody twice. */
export const job: EventJob = {
  name,
  on: ['despatch_advice.departed'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) =>
      tellReceivingSide(ctx, { event, template: 'delivery-departed' }),
    ),
};
