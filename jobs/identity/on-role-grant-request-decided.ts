import { findRoleRequest, findUser } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-role-grant-request-decided';

/** Tells whoever asked for a role how it ended. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['role_grant_request.granted', 'role_grant_request.refused', 'role_grant_request.expired'],
  queue: 'acts',
  run: (house, ended) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const request = await findRoleRequest(ctx, ended.subjectId);
      await notify(ctx, {
        eventId: ended.id,
        userIds: [request.requestedBy],
        template: 'role-decided',
        params: {
          person: (await findUser(ctx, request.userId))?.name ?? '',
          role: { key: `role.${request.role}` },
          outcome: { key: `state.role_grant_request.buyer.${request.state}` },
          reason: request.decisionReason ?? '',
        },
        link: `/people/role-requests/${request.id}`,
      });
    }),
};
