import { findUsersByRole } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findQualificationTold } from '../../src/suppliers/index.ts';

const name = 'suppliers/on-qualification-news';

/** What each act is told by; who asked is told of the rest, approvers of what waits for them. */
const TEMPLATES: Readonly<Record<string, string>> = {
  'qualification.requested': 'qualification-requested',
  'qualification.decided': 'qualification-decided',
  'qualification.refused': 'qualification-refused',
  'qualification.reminded': 'qualification-ending',
  'qualification.expired': 'qualification-expired',
};

/** Tells of a qualification that waits, was decided, ends soon or has ended. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: Object.keys(TEMPLATES),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const told = await findQualificationTold(ctx, event.subjectId);
      const template = TEMPLATES[event.action];
      if (told === undefined || template === undefined) return;
      const approvers =
        event.action === 'qualification.requested'
          ? (await findUsersByRole(ctx, 'approver')).map((person) => person.id)
          : null;
      await notify(ctx, {
        eventId: event.id,
        userIds: approvers?.filter((id) => id !== told.requestedBy) ?? [told.requestedBy],
        template,
        params: {
          supplier: told.supplierName,
          category: { texts: { en: told.categoryEn, 'zh-CN': told.categoryZh } },
          until: told.validUntil === null ? '—' : { day: told.validUntil },
        },
        link: `/suppliers/${told.supplierId}/qualifications`,
      });
    }),
};
