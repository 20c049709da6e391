import { removeExpiredSignIns } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'identity/every-hour-remove-expired-sign-ins';

/** Sessions, tickets and counters do not grow without end. Idempotent: what is gone stays gone. */
export const job: ScheduledJob = {
  name,
  everyMs: 60 * 60_000,
  queue: 'acts',
  run: (house) => house.runInTx({ actor: system(name) }, removeExpiredSignIns),
};
