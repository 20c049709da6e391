import { searchRecord } from '../src/audit/audit.service.ts';
import { askPerson, type PersonQuestion } from '../src/audit/person.service.ts';
import { anyAct, type RecordFilter } from '../src/audit/record.queries.ts';
import type { Actor } from '../src/kernel/actor.ts';
import type { Ctx } from '../src/platform/db/context.ts';
import { median } from './measure.ts';
import type { Bench } from './report.ts';
import { actorNamed, type Stage } from './stage.ts';
import { stageOfRecord } from './verify.bench.ts';

const TIMES = 15;
const everything: PersonQuestion = { from: null, to: null, before: null, scope: 'all', show: 'all' };

/** What an auditor asks a record of a million acts, each question beside the newest page of all. */
export const search: Bench = async (cluster, report) => {
  const stage = await stageOfRecord(cluster);
  const actor = await actorNamed(stage, 'Buyer en');
  const { rows } = await stage.db.raw<{ rows: { oldest: Date; middle: Date; newest: number }[] }>(
    `SELECT min(at) AS oldest, min(at) + (max(at) - min(at)) / 2 AS middle, max(position) AS newest FROM event`,
  );
  const { oldest, middle, newest } = rows[0] as { oldest: Date; middle: Date; newest: number };
  const day = 24 * 3_600_000;
  const asked: Readonly<Record<string, Partial<RecordFilter> & { after?: number }>> = {
    'the newest': {},
    'page 10,000': { after: newest - 500_000 },
    'a person and an act that it never did': { personId: actor.userId, action: 'notification.queued' },
    'a person': { personId: actor.userId },
    'a name': { person: 'buyer' },
    'a name of nobody': { person: 'nobody at all' },
    'an act': { action: 'purchase_order.acknowledged' },
    'an act that never was': { action: 'bid.submitted' },
    'a number': { reference: 'PO-2026-000777' },
    'a supplier': { supplier: '& Söhne 7' },
    'a kind': { subjectType: 'purchase_order' },
    'words in reasons': { reason: 'telephone' },
    'words in no reason': { reason: 'nowhere' },
    'a day long ago': { from: new Date(oldest.getTime() + day), to: new Date(oldest.getTime() + 2 * day) },
    'until half of the time': { to: middle },
    'the first hour': { to: new Date(oldest.getTime() + 3_600_000) },
    'a person until half of the time': { personId: actor.userId, to: middle },
    'an act on a day long ago': {
      action: 'purchase_order.acknowledged',
      from: new Date(oldest.getTime() + day),
      to: new Date(oldest.getTime() + 2 * day),
    },
  };
  const times = new Map<string, number>();
  for (const [name, { after, ...filter }] of Object.entries(asked))
    times.set(
      name,
      await time(stage, actor, (ctx) =>
        searchRecord(
          ctx,
          { ...anyAct, ...filter },
          { after: after === undefined ? null : String(after), limit: 50 },
        ),
      ),
    );
  const userId = actor.userId as string;
  for (const [name, question] of Object.entries({
    'seen and done': everything,
    'seen and done until half of the time': { ...everything, to: middle },
  }))
    times.set(
      name,
      await time(stage, actor, (ctx) => askPerson(ctx, userId, question, { after: null, limit: 50 })),
    );
  const [slowest, ms] = [...times].sort(([, a], [, b]) => b - a)[0] as [string, number];
  const first = times.get('the newest') as number;
  report({
    title: 'Asking the record',
    data: '1,000,000 acts and 200,000 page views, a page of 50',
    oursIs: `the slowest question: ${slowest}`,
    baselineIs: 'the newest page of all',
    compared: { ours: { perSecond: 1000 / ms }, baseline: { perSecond: 1000 / first }, ratio: first / ms },
    notes: [...times].map(([name, took]) => `${took.toFixed(1).padStart(7)} ms  ${name}`),
  });
};

async function time(stage: Stage, actor: Actor, ask: (ctx: Ctx) => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let count = 0; count < TIMES; count += 1) {
    const from = performance.now();
    await stage.house.runInTx({ actor }, ask);
    took.push(performance.now() - from);
  }
  return median(took);
}
