import { bringIntoForce } from '../../src/agreements/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'agreements/on-agreement-signed';

/** Brings a version into force once both sides have signed it. Idempotent: what is in force is not brought there again. */
export const job: EventJob = {
  name,
  on: ['agreement.signed'],
  queue: 'acts',
  run: async (house, event) => {
    await house.runInTx({ actor: system(name) }, (ctx) => bringIntoForce(ctx, event.subjectId));
  },
};
