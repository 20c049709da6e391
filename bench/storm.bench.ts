import { randomUUID } from 'node:crypto';
import { loadavg } from 'node:os';
import { openBids, submitAtClosing } from '../src/bids/index.ts';
import type { Actor } from '../src/kernel/actor.ts';
import { system } from '../src/kernel/actor.ts';
import { closeDueEvents } from '../src/sourcing/index.ts';
import { draftBid } from '../test/support/factories/bids.ts';
import type { World } from '../test/support/world.ts';
import { fillStorm, LINES_OF_A_STORM } from './data.ts';
import { type Answer, sendOne } from './one-request.ts';
import type { Bench } from './report.ts';
import { actorNamed, type Server, type Session, type Stage } from './stage.ts';

const SUPPLIERS = 200;
const WEB_PROCESSES = 2;
const LAST_SECONDS = 10;
/** Some press the button too late: they must be told so, and must not be in the opening. */
const LATE_SECONDS = 1;
const sweeper = system('sourcing/every-five-seconds-close-due-events');

type Draft = {
  readonly bidId: string;
  readonly revision: number;
  readonly actor: Actor;
  readonly session: Session;
};

/**
 * The last ten seconds before a closing: every supplier submits once, spread over them and a second beyond, on two web
 * processes, while the sweeper closes the event as it does in the portal. What was acknowledged has to be in the opening.
 */
export const storm: Bench = async (cluster, report) => {
  const stage = await cluster.stage('storm', (fresh) => fillStorm(fresh.db, SUPPLIERS));
  const drafts = await makeDrafts(stage);
  const portals: Server[] = [];
  for (let count = 0; count < WEB_PROCESSES; count += 1) portals.push(await stage.startPortal());
  await warmUp(portals, drafts);
  const base = await unhurried(portals, drafts.slice(0, 20));
  const loadBefore = loadavg()[0] ?? 0;
  const { answers, closesAt } = await lastSeconds(stage, portals, drafts);
  const opened = await openAndCompare(stage, answers, drafts);
  for (const portal of portals) await portal.stop();
  const acknowledged = answers.filter((answer) => answer.status === 303);
  const times = acknowledged.map((answer) => answer.milliseconds).toSorted((a, b) => a - b);
  report({
    title: `Submission storm: ${SUPPLIERS} suppliers × ${LINES_OF_A_STORM} lines in the last ${LAST_SECONDS} s`,
    data: `one event, closing ${closesAt.toISOString()}, ${WEB_PROCESSES} web processes; load average ${loadBefore.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after`,
    oursIs: `submissions acknowledged, p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms, slowest ${at(times, 1)} ms (p99 wanted: under 1000)`,
    baselineIs: `the same forms one after the other, nothing else going on: p50 ${at(base, 0.5)} ms, p99 ${at(base, 0.99)} ms`,
    compared: {
      ours: { perSecond: acknowledged.length / (LAST_SECONDS + LATE_SECONDS) },
      baseline: { perSecond: 1000 / (base.reduce((sum, one) => sum + one, 0) / base.length) },
      ratio: (base[Math.floor(base.length / 2)] ?? 0) / (times[Math.floor(times.length / 2)] ?? Number.NaN),
    },
    notes: [
      `acknowledged ${acknowledged.length}, late refused ${answers.filter((one) => one.status === 422).length}, answered otherwise ${answers.filter((one) => one.status !== 303 && one.status !== 422).length}`,
      `missing at opening ${opened.missing} (wanted: 0), in the opening without an acknowledgement ${opened.surplus}, received at or after closing ${opened.late} (wanted: 0)`,
    ],
  });
  if (opened.missing + opened.late > 0)
    throw new Error('An acknowledged bid is missing, or a late one was stored');
};

async function makeDrafts(stage: Stage): Promise<Draft[]> {
  const world: Pick<World, 'runInTx'> = { runInTx: (actor, work) => stage.house.runInTx({ actor }, work) };
  const { id: eventId } = await stage.db('sourcing_event').first('id');
  const items = await stage.db('event_item').where({ event_id: eventId }).orderBy('line_no').select('id');
  const prices = items.map((_, index) => `${12 + index}.45`);
  const names = await stage.db('user_account').where({ kind: 'supplier' }).pluck<string[]>('name');
  const drafts: Draft[] = [];
  for (const name of names) {
    const actor = await actorNamed(stage, name);
    const session = await stage.signIn(actor);
    const made = await draftBid(world, { supplier: { actor }, eventId, items, prices });
    drafts.push({ actor, session, ...made });
  }
  return drafts;
}

const post = (portal: Server, { bidId, revision, session }: Draft): Promise<Answer> =>
  sendOne(portal.answer.origin, {
    path: `/bids/${bidId}/submission`,
    cookie: session.cookie,
    form: { _csrf: session.csrfToken, revision: String(revision), idempotencyKey: randomUUID() },
  });

/** Looks at each review page once, as a bidder does before it submits. */
async function warmUp(portals: readonly Server[], drafts: readonly Draft[]): Promise<void> {
  for (const [index, { bidId, session }] of drafts.entries()) {
    const portal = portals[index % portals.length] as Server;
    await sendOne(portal.answer.origin, { path: `/bids/${bidId}/submission`, cookie: session.cookie });
  }
}

/** A few of the same submissions one after the other; what they left counts as changed again. */
async function unhurried(portals: readonly Server[], drafts: readonly Draft[]): Promise<number[]> {
  const times: number[] = [];
  for (const [index, draft] of drafts.entries()) {
    const answer = await post(portals[index % portals.length] as Server, draft);
    if (answer.status !== 303) throw new Error(`Expected 303, got ${answer.status}`);
    times.push(answer.milliseconds);
  }
  return times.toSorted((a, b) => a - b);
}

async function lastSeconds(
  stage: Stage,
  portals: readonly Server[],
  drafts: readonly Draft[],
): Promise<{ answers: (Answer & { bidId: string })[]; closesAt: Date }> {
  await stage.db('bid_draft').update({ submitted_revision: null });
  const [{ at: closesAt } = { at: new Date() }] = (
    await stage.db.raw<{ rows: { at: Date }[] }>(
      `UPDATE sourcing_event
          SET closes_at = clock_timestamp() + make_interval(secs => ?), due_at = clock_timestamp() + make_interval(secs => ?)
       RETURNING closes_at AS at`,
      [LAST_SECONDS, LAST_SECONDS],
    )
  ).rows;
  const sweeping = sweep(stage);
  const spanMs = (LAST_SECONDS + LATE_SECONDS) * 1000;
  const answers = await Promise.all(
    drafts.map(async (draft, index) => {
      await waitMs((spanMs * index) / drafts.length);
      return { bidId: draft.bidId, ...(await post(portals[index % portals.length] as Server, draft)) };
    }),
  );
  await sweeping;
  return { answers, closesAt };
}

/** As in the portal, only more often: who closes must not wait for the bench. */
async function sweep(stage: Stage): Promise<void> {
  for (;;) {
    const closed = await stage.house.runInTx({ actor: sweeper }, (ctx) =>
      closeDueEvents(ctx, submitAtClosing),
    );
    if (closed > 0) return;
    await waitMs(200);
  }
}

async function openAndCompare(
  stage: Stage,
  answers: readonly (Answer & { bidId: string })[],
  drafts: readonly Draft[],
): Promise<{ missing: number; surplus: number; late: number }> {
  const { id: eventId, closes_at: closesAt } = await stage.db('sourcing_event').first('id', 'closes_at');
  const opener = await actorNamed(stage, 'Opener');
  await stage.house.runInTx({ actor: opener }, (ctx) => openBids(ctx, eventId));
  const versions = await stage.db('bid').pluck<number[]>('current_version');
  const valid = await stage.db('bid').whereIn('state', ['valid']).select('id', 'current_version');
  const inOpening = new Map(valid.map((bid) => [bid.id as string, Number(bid.current_version)]));
  // The first twenty had submitted before, as the baseline: a refused second time leaves their first in the opening.
  const before = new Set(drafts.slice(0, 20).map((draft) => draft.bidId));
  const wanted = (bidId: string): number => (before.has(bidId) ? 2 : 1);
  const acknowledged = answers.filter((answer) => answer.status === 303);
  const known = new Set(acknowledged.map((answer) => answer.bidId));
  const { rows } = await stage.db.raw<{ rows: { count: number }[] }>(
    'SELECT count(*)::integer AS count FROM bid_version WHERE received_at >= ?',
    [closesAt],
  );
  return {
    missing: acknowledged.filter((answer) => inOpening.get(answer.bidId) !== wanted(answer.bidId)).length,
    surplus: [...inOpening.keys()].filter((id) => !known.has(id) && !before.has(id)).length,
    late: rows[0]?.count ?? versions.length,
  };
}

const waitMs = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
