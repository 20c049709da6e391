import { type CommitteeNews, findCommitteeNews } from '../../src/awards/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'awards/on-committee-news';

type Telling = {
  readonly template: string;
  readonly page: string;
  to(news: CommitteeNews): readonly string[];
};

/** Whom each act of an evaluation is news to, and which page it leads them to. */
const TELLINGS: Readonly<Record<string, Telling>> = {
  'committee_member.appointed': {
    template: 'committee-appointed',
    page: 'statement',
    to: (news) => news.subjectIds,
  },
  'committee_member.conflicted': {
    template: 'committee-conflict',
    page: 'committee',
    to: (news) => [news.ownerId],
  },
  'committee_member.reminded': {
    template: 'committee-reminder',
    page: 'score-sheet',
    to: (news) => news.subjectIds,
  },
  'evaluation.started': { template: 'committee-scoring', page: 'score-sheet', to: (news) => news.memberIds },
  'evaluation.closed': { template: 'committee-closed', page: 'consensus', to: (news) => news.chairIds },
  'evaluation.fixed': { template: 'committee-fixed', page: 'opening', to: (news) => [news.ownerId] },
};

/** Tells members what is asked of them, and the owner what became of it. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: Object.keys(TELLINGS),
  queue: 'acts',
  run: (house, done) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const telling = TELLINGS[done.action];
      if (telling === undefined) return;
      const news = await findCommitteeNews(ctx, {
        eventId: String(done.changes['eventId']),
        userId: done.changes['userId'],
      });
      const { reference, title, dueAt } = news;
      await notify(ctx, {
        eventId: done.id,
        userIds: [...telling.to(news)],
        template: telling.template,
        params: {
          reference,
          title,
          name: news.subjectName,
          dueAt: dueAt === null ? '' : { instant: dueAt },
        },
        link: `/events/${news.eventId}/${telling.page}`,
        isPersonal: true,
      });
    }),
};
