import { sendLetters } from '../../src/awards/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

/** Tells winners and losers, each about its own lines. Idempotent by the event's id. */
export const job: EventJob = {
  name: 'awards/on-award-approved',
  on: ['award.approved'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system('awards/on-award-approved') }, (ctx) =>
      sendLetters(ctx, { awardId: event.subjectId, actId: event.id }),
    ),
};
