import { findRoleRequest, findUser, findUsersByRole } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-role-grant-request-asked';

/** Tells every administrator who may decide on a role. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['role_grant_request.asked'],
  queue: 'acts',
  run: (house, asked) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const request = await findRoleRequest(ctx, asked.subjectId);
      const administrators = (await findUsersByRole(ctx, 'administrator')).map((person) => person.id);
      await notify(ctx, {
        eventId: asked.id,
        userIds: administrators.filter((id) => id !== request.requestedBy && id !== request.userId),
        template: 'role-asked',
        params: {
          asker: asked.actorName,
          person: (await findUser(ctx, request.userId))?.name ?? '',
          role: { key: `role.${request.role}` },
          reason: request.reason,
          until: { instant: request.expiresAt },
        },
        link: `/people/role-requests/${request.id}`,
      });
    }),
};
