import { handBackRefused } from '../../src/agreements/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'agreements/on-agreement-refused';

/** Hands a version that its supplier refused back to who wrote it. Idempotent: a draft is not handed back. */
export const job: EventJob = {
  name,
  on: ['agreement.refused'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) => handBackRefused(ctx, event.subjectId)),
};
