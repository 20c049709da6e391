import { record } from '../audit/index.ts';
import type { Actor } from '../kernel/actor.ts';
import { found } from '../kernel/errors.ts';
import { type DecimalString, minorUnits, multiplyDecimals, ratio } from '../kernel/money.ts';
import type { Ctx, RunInTx } from '../platform/db/context.ts';
import { type MilpAnswer, type SearchProgress, solveMilp } from '../platform/solver/milp.ts';
import { findEvent } from '../sourcing/index.ts';
import { type Choice, priceChoices } from './allocation.ts';
import { findAwardBasis } from './award-basis.service.ts';
import type { Offer } from './rank.ts';
import * as store from './scenario.store.ts';
import { type Scenario, type ScenarioOutcome, scenarioLifecycle } from './scenario.ts';
import {
  choicesOf,
  type Field,
  fieldOf,
  keepsTo,
  type Limits,
  programOf,
  rankedTotal,
} from './scenario-program.ts';

/** Half of the smallest amount there is: nearer than that to the bound, no better answer is left. */
const PROOF_GAP = 0.5;

type Search = {
  readonly scenario: Scenario;
  readonly field: Field;
  readonly offers: readonly Offer[];
  readonly currency: string;
  readonly seconds: number;
};
type Found = Pick<Scenario, 'bestAmount' | 'boundAmount'> & {
  readonly outcome: ScenarioOutcome;
  readonly choices: readonly Choice[];
};

/**
 * Searches the allocation that a queued scenario asks for, outside of any transaction, and saves how far it is
 * meanwhile. May run again after a crash or a failure: a scenario that is solved stays as it is.
 */
export async function solveScenario(
  runInTx: RunInTx,
  of: { scenarioId: string; actor: Actor },
): Promise<void> {
  const who = { actor: of.actor };
  const search = await runInTx(who, (ctx) => startSearch(ctx, of.scenarioId));
  if (search === null) return;
  try {
    const answer = await find(search, async (progress) => {
      await runInTx(who, (ctx) => store.saveProgress(ctx.tx, { id: of.scenarioId, ...progress }));
    });
    await runInTx(who, (ctx) => finishSearch(ctx, search, answer));
  } catch (error) {
    await runInTx(who, (ctx) => failSearch(ctx, of.scenarioId));
    throw error;
  }
}

/** Null when it was solved, or taken away, meanwhile. */
async function startSearch(ctx: Ctx, id: string): Promise<Search | null> {
  const scenario = await store.lockScenario(ctx.tx, id);
  if (scenario === undefined || scenario.state === 'solved') return null;
  const running = { ...scenario, state: scenarioLifecycle.next(scenario.state, 'solve') };
  await store.saveSearch(ctx.tx, running);
  const event = await findEvent(ctx, scenario.eventId);
  const { currency } = event;
  const { asked, bidders } = await findAwardBasis(ctx, event);
  const offers = bidders.flatMap((bidder) => bidder.offers);
  return {
    scenario: running,
    field: fieldOf({ asked, offers, currency, goal: scenario.goal }),
    offers,
    currency,
    seconds: ctx.policies.awards.searchSeconds,
  };
}

async function find(
  search: Search,
  tell: (progress: Pick<Scenario, 'bestAmount' | 'boundAmount'>) => Promise<void>,
): Promise<Found> {
  const { scenario, field } = search;
  if (field.units.length === 0) return nothing('impossible');
  if (scenario.method === 'limits') return findCheapest(search, scenario, tell);
  // First how few, then the cheapest of those: each proved by itself.
  const fewest = await solve(search, { maxSuppliers: null, maxSharePercent: null }, 'fewest-suppliers');
  if (!('values' in fewest)) return nothing(fewest.status === 'infeasible' ? 'impossible' : 'nothing-found');
  const maxSuppliers = new Set(choicesOf(field, fewest.values).map((one) => one.supplierId)).size;
  const cheapest = await findCheapest(search, { maxSuppliers, maxSharePercent: null }, tell);
  return fewest.status === 'optimal' || cheapest.outcome !== 'proved'
    ? cheapest
    : { ...cheapest, outcome: 'not-proved' };
}

async function findCheapest(
  search: Search,
  limits: Limits,
  tell: (progress: Pick<Scenario, 'bestAmount' | 'boundAmount'>) => Promise<void>,
): Promise<Found> {
  const { field, offers, currency } = search;
  // One at a time, in their order; a page that is a moment late is no reason to fail.
  let telling: Promise<void> = Promise.resolve();
  const answer = await solve(search, limits, 'lowest-total', (progress) => {
    telling = telling.then(() =>
      tell({
        bestAmount: amountOf(progress.best, currency),
        boundAmount: amountOf(progress.bound, currency),
      }),
    );
  });
  await telling;
  if (!('values' in answer)) return nothing(answer.status === 'infeasible' ? 'impossible' : 'nothing-found');
  const choices = choicesOf(field, answer.values);
  const lines = priceChoices({ offers, choices, currency });
  if (!keepsTo(lines, limits, currency))
    throw new Error('The solver gave an allocation that breaks its limits');
  const bestAmount = rankedTotal(choices, offers, { currency, goal: search.scenario.goal });
  return answer.status === 'optimal'
    ? { outcome: 'proved', bestAmount, boundAmount: bestAmount, choices }
    : { outcome: 'not-proved', bestAmount, boundAmount: amountOf(answer.bound, currency), choices };
}

const nothing = (outcome: ScenarioOutcome): Found => ({
  outcome,
  bestAmount: null,
  boundAmount: null,
  choices: [],
});

const solve = (
  { field, seconds }: Search,
  limits: Limits,
  goal: Parameters<typeof programOf>[2],
  onProgress?: (progress: SearchProgress) => void,
): Promise<MilpAnswer> =>
  solveMilp(
    { program: programOf(field, limits, goal), timeLimitSeconds: seconds, proofGap: PROOF_GAP },
    onProgress,
  );

/** The solver's minor units as an amount, rounded down to one: a bound may be said too low, and never too high. */
function amountOf(minor: number | null, currency: string): DecimalString | null {
  if (minor === null) return null;
  const whole = String(BigInt(Math.floor(minor + 1e-6)));
  return multiplyDecimals(whole, ratio('1', `1${'0'.repeat(minorUnits(currency))}`));
}

async function finishSearch(ctx: Ctx, { scenario }: Search, answer: Found): Promise<void> {
  const before = await store.lockScenario(ctx.tx, scenario.id);
  if (before?.state !== 'solving') return;
  const { choices, ...result } = answer;
  const after = {
    ...before,
    ...result,
    state: scenarioLifecycle.next(before.state, 'finish'),
    finishedAt: ctx.now,
  };
  await store.saveSearch(ctx.tx, after);
  await store.insertChoices(ctx.tx, scenario.id, choices);
  await recordMove(ctx, 'award_scenario.solved', before, after);
}

async function failSearch(ctx: Ctx, id: string): Promise<void> {
  const before = found('award_scenario', await store.lockScenario(ctx.tx, id));
  const after = { ...before, state: scenarioLifecycle.next(before.state, 'fail') };
  await store.saveSearch(ctx.tx, after);
  await recordMove(ctx, 'award_scenario.failed', before, after);
}

const recordMove = (ctx: Ctx, action: string, before: Scenario, after: Scenario): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'award_scenario', id: after.id },
    from: before.state,
    to: after.state,
    changes: { eventId: after.eventId, outcome: after.outcome, bestAmount: after.bestAmount },
  });
