import { expireRoleRequests } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'identity/every-hour-expire-role-requests';

/** Ends requests for a role that nobody decided on within seven days. Idempotent: an ended one is due no more. */
export const job: ScheduledJob = {
  name,
  everyMs: 60 * 60_000,
  queue: 'acts',
  run: (house) => house.runInTx({ actor: system(name) }, expireRoleRequests),
};
