import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-user-role-granted';

/** Tells somebody of a new role: a stranger's hand is noticed by whom it touches. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['user.role-granted'],
  queue: 'acts',
  run: (house, granted) =>
    house.runInTx({ actor: system(name) }, (ctx) =>
      notify(ctx, {
        eventId: granted.id,
        userIds: [granted.subjectId],
        template: 'role-granted',
        params: { role: { key: `role.${String(granted.changes['role'])}` }, giver: granted.actorName },
        link: '/',
      }),
    ),
};
