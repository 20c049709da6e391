import { findUsersByRole } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findQualificationTold, supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'suppliers/on-qualification-news';

/** What each act is told by; who asked is told of the rest, approvers of what waits for them. */
const TEMPLATES: Readonly<Record<string, string>> = {
  'qualification.requested': 'qualification-requested',
  'qualification.decided': 'qualification-decided',
  'qualification.refused': 'qualification-refused',
  'qualification.reminded': 'qualification-ending',
  'qualification.expired': 'qualification-expired',
  'qualification.renewal-asked': 'qualification-renewal-asked',
  'qualification.renewal-declined': 'qualification-renewal-declined',
};
/** What its supplier is told of, whose own page leads on. */
const OF_YOURS: Readonly<Record<string, string>> = {
  'qualification.reminded': 'qualification-ending-of-yours',
  'qualification.renewal-declined': 'qualification-renewal-declined',
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
      // The first of many that were asked for at once told of all.
      if (told === undefined || template === undefined || event.changes['isFollowing'] === true) return;
      const approvers =
        event.action === 'qualification.requested'
          ? (await findUsersByRole(ctx, 'approver')).map((person) => person.id)
          : null;
      const params = {
        supplier: told.supplierName,
        category: { texts: { en: told.categoryEn, 'zh-CN': told.categoryZh } },
        until: told.validUntil === null ? '—' : { day: told.validUntil },
      };
      const ofYours = OF_YOURS[event.action];
      if (ofYours !== undefined)
        await notify(ctx, {
          eventId: event.id,
          userIds: await supplierUserIds(ctx, told.supplierId, 'bids'),
          template: ofYours,
          params,
          link: '/company/qualifications',
        });
      if (ofYours === template) return;
      await notify(ctx, {
        eventId: event.id,
        userIds: approvers?.filter((id) => id !== told.requestedBy) ?? [told.requestedBy],
        template,
        params,
        link: `/suppliers/${told.supplierId}/qualifications`,
      });
    }),
};
