import { z } from 'zod';
import { findUser, findUsersByRole, needsFourEyes } from '../../src/identity/index.ts';
import { type Role, staffRoles, system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-directory-changed-person';
const roles = z.array(z.enum(staffRoles)).default([]);
const byDirectory = z.object({ source: z.literal('scim'), from: roles, to: roles, roles });

/**
 * Tells the administrators when the directory alone changes who has a role that takes two people here. Idempotent
 * by the event row.
 */
export const job: EventJob = {
  name,
  on: ['user.roles-changed', 'user.deactivated', 'user.reactivated'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const changed = byDirectory.safeParse(event.changes);
      if (!changed.success) return;
      const { from, to } = changed.data;
      const all = changed.data.roles;
      const given = event.action === 'user.reactivated' ? all : without(to, from);
      const taken = event.action === 'user.deactivated' ? all : without(from, to);
      const facts = [...factsOf('given', given), ...factsOf('taken', taken)];
      if (facts.length === 0) return;
      await notify(ctx, {
        eventId: event.id,
        userIds: (await findUsersByRole(ctx, 'administrator')).map((person) => person.id),
        template: 'directory-changed-powerful-role',
        params: { person: (await findUser(ctx, event.subjectId))?.name ?? '' },
        facts,
        link: `/people/${event.subjectId}`,
      });
    }),
};

const without = (some: readonly Role[], others: readonly Role[]): Role[] =>
  some.filter((role) => !others.includes(role));

const factsOf = (what: 'given' | 'taken', of: readonly Role[]) =>
  of.filter(needsFourEyes).map((role) => ({ label: `scim.role-${what}`, value: { key: `role.${role}` } }));
