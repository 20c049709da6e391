import { sendLetters } from '../../src/awards/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'awards/on-award-approved';

/** Writes to winners and losers, each about its own lines. Idempotent by the event's id: a letter is made once. */
export const job: EventJob = {
  name,
  on: ['award.approved'],
  queue: 'documents',
  run: (house, event) =>
    sendLetters(house.runInTx, {
      awardId: event.subjectId,
      actId: event.id,
      actor: system(name),
      catalogue: house.catalogue,
    }),
};
