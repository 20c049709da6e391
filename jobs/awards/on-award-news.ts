import { z } from 'zod';
import { type AwardNews, getAwardNews } from '../../src/awards/index.ts';
import { findUsersByRole } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { type Message, notify } from '../../src/notifications/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import type { EventJob, EventRow } from '../../src/platform/queue/job.ts';
import { supplierUserIds, userIdsOfSuppliers } from '../../src/suppliers/index.ts';

const name = 'awards/on-award-news';
const withdrawn = z.object({ supplierIds: z.array(z.uuid()), successorId: z.uuid().nullable() });
const objected = z.object({ awardId: z.uuid() });

type Told = Pick<Message, 'userIds' | 'template' | 'link'> & Pick<Partial<Message>, 'signInLink'>;

/** Whom each news of an award concerns: those who have to act, and those who wait for it. */
const told: Readonly<
  Record<string, (ctx: Ctx, news: AwardNews, event: EventRow) => Promise<readonly Told[]>>
> = {
  'award.approved': async (_ctx, news) => [
    toStaff([news.ownerId, news.proposedBy], 'award-was-approved', news),
  ],
  'award.withdrawal-requested': async (ctx, news) => [
    toStaff(await approvers(ctx), 'award-withdrawal-requested', news),
  ],
  'award.withdrawal-refused': async (_ctx, news) => [
    toStaff([news.ownerId, news.proposedBy], 'award-withdrawal-refused', news),
  ],
  'award.withdrawn': async (ctx, news, event) => {
    const { supplierIds, successorId } = withdrawn.parse(event.changes);
    const others = news.supplierIds.filter((id) => !supplierIds.includes(id));
    const ofBidders = { link: `/awards/${news.awardId}/letter`, signInLink: true };
    return [
      {
        ...ofBidders,
        userIds: await userIdsOfSuppliers(ctx, supplierIds, 'bids'),
        template: 'award-withdrawn',
      },
      { ...ofBidders, userIds: await userIdsOfSuppliers(ctx, others, 'bids'), template: 'award-reopened' },
      {
        userIds: [news.ownerId, news.proposedBy],
        template: 'award-came-back',
        link:
          successorId === null ? `/events/${news.eventId}/comparison` : `/events/${news.eventId}/award/new`,
      },
    ];
  },
  'award.finalised': async (_ctx, news) => [toStaff([news.ownerId, news.proposedBy], 'award-final', news)],
  'award_objection.raised': async (_ctx, news) => [toStaff([news.ownerId], 'objection-raised', news)],
  'award_objection.withdrawn': async (_ctx, news) => [toStaff([news.ownerId], 'objection-withdrawn', news)],
  'award_objection.answered': async (ctx, news, event) => [
    toStaff(await approvers(ctx), 'objection-to-decide', news),
    await toBidder(ctx, 'objection-answered', news, event),
  ],
  'award_objection.rejected': async (ctx, news, event) => [
    toStaff([news.ownerId], 'objection-decided', news),
    await toBidder(ctx, 'objection-rejected', news, event),
  ],
  'award_objection.upheld': async (ctx, news, event) => [
    toStaff([news.ownerId], 'objection-decided', news),
    await toBidder(ctx, 'objection-upheld', news, event),
  ],
};

/** Tells everybody concerned, but whoever did it, what became of an award. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: Object.keys(told),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const awardId = event.subjectType === 'award' ? event.subjectId : objected.parse(event.changes).awardId;
      const news = await getAwardNews(ctx, awardId);
      const params = { reference: news.reference, event: news.eventReference, title: news.title };
      for (const message of (await told[event.action]?.(ctx, news, event)) ?? [])
        await notify(ctx, {
          ...message,
          userIds: message.userIds.filter((id) => id !== event.actorId),
          eventId: event.id,
          params,
        });
    }),
};

const approvers = async (ctx: Ctx): Promise<string[]> =>
  (await findUsersByRole(ctx, 'approver')).map((person) => person.id);

const toStaff = (userIds: readonly string[], template: string, news: AwardNews): Told => ({
  userIds,
  template,
  link: `/awards/${news.awardId}`,
});

const toBidder = async (ctx: Ctx, template: string, news: AwardNews, event: EventRow): Promise<Told> => ({
  userIds: event.supplierId === null ? [] : await supplierUserIds(ctx, event.supplierId, 'bids'),
  template,
  link: `/awards/${news.awardId}/letter`,
  signInLink: true,
});
