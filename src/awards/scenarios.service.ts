import { record } from '../audit/index.ts';
import { found, notFound, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type EventItem, findEvent, findPlan, lockEvent, type SourcingEvent } from '../sourcing/index.ts';
import { type Choice, chooseLowest, chooseSupplier } from './allocation.ts';
import { assertInEvaluation, findAwardBasis } from './award-basis.service.ts';
import { findLastPrices } from './last-price.queries.ts';
import { keyOfOffer, type Offer, offerKey } from './rank.ts';
import * as store from './scenario.store.ts';
import {
  isSearched,
  keepIncumbents,
  type LastPrice,
  type Scenario,
  type ScenarioGoal,
  type ScenarioMethod,
  scenarioLifecycle,
} from './scenario.ts';
import { sharesAsQuantities } from './share.ts';

/** As many as stand side by side. */
export const mostScenarios = 12;

export type NewScenario = {
  readonly eventId: string;
  readonly name: string;
  readonly method: ScenarioMethod;
  /** What a search makes best; the cost where nobody says. */
  readonly goal?: ScenarioGoal;
  readonly supplierId: string | null;
  readonly maxSuppliers: number | null;
  readonly maxSharePercent: DecimalString | null;
  /** By hand: who gets what. */
  readonly choices?: readonly Choice[];
};

/**
 * Saves a possible award. What a rule gives is there at once; a search is a job's, which finds it queued. Gives its id.
 * @throws AppError `sourcing_event.not-found`, `award.event-not-in-evaluation`, `award_scenario.too-many`,
 * `award_scenario.name-taken`, `award_scenario.without-criteria`, `award_scenario.nothing-awarded`, `award_scenario.unknown-supplier`
 */
export async function saveScenario(ctx: Ctx, wanted: NewScenario): Promise<string> {
  // Held, so that two who save at once take turns at the count and the name.
  const event = await lockEvent(ctx, wanted.eventId);
  assertInEvaluation(event);
  const present = await store.findScenarios(ctx.tx, event.id);
  if (present.length >= mostScenarios)
    throw ruleBroken('award_scenario.too-many', 'Delete one first', { maximum: mostScenarios });
  if (await store.isNameTaken(ctx.tx, wanted))
    throw ruleBroken('award_scenario.name-taken', 'There is a scenario of this name', { name: wanted.name });
  if (wanted.goal === 'weighted' && (await findPlan(ctx, event.id)).criteria.length === 0)
    throw ruleBroken('award_scenario.without-criteria', 'There is no weighted total without criteria');
  const isLater = isSearched(wanted.method);
  const choices = isLater ? [] : await choicesByRule(ctx, wanted, event);
  const { choices: _typed, ...named } = wanted;
  const scenario: Scenario = {
    ...named,
    goal: wanted.goal ?? 'cost',
    id: newId(),
    state: isLater ? scenarioLifecycle.initial : scenarioLifecycle.next(scenarioLifecycle.initial, 'keep'),
    outcome: null,
    bestAmount: null,
    boundAmount: null,
    createdBy: found('user', ctx.actor.userId),
    createdAt: ctx.now,
    finishedAt: isLater ? null : ctx.now,
  };
  await store.insertScenario(ctx.tx, scenario, choices);
  await record(ctx, {
    action: isLater ? 'award_scenario.requested' : 'award_scenario.saved',
    subject: { type: 'award_scenario', id: scenario.id },
    to: scenario.state,
    changes: { eventId: event.id, method: scenario.method, name: scenario.name },
  });
  return scenario.id;
}

async function choicesByRule(
  ctx: Ctx,
  wanted: NewScenario,
  event: SourcingEvent,
): Promise<readonly Choice[]> {
  const { asked, bidders } = await findAwardBasis(ctx, event);
  const offers = bidders.flatMap((bidder) => bidder.offers);
  if (wanted.supplierId !== null && !bidders.some((bidder) => bidder.supplierId === wanted.supplierId))
    throw ruleBroken('award_scenario.unknown-supplier', 'This supplier has no bid that can be awarded');
  const lastPrices =
    wanted.method === 'incumbents'
      ? await findLastPrices(ctx.tx, { eventId: event.id, currency: event.currency })
      : new Map<string, LastPrice>();
  const choices = chosen({ ...wanted, asked, offers, lastPrices });
  if (choices.length === 0) throw ruleBroken('award_scenario.nothing-awarded', 'It would award nothing');
  return choices;
}

function chosen(
  of: Pick<NewScenario, 'method' | 'supplierId' | 'choices'> & {
    readonly asked: readonly EventItem[];
    readonly offers: readonly Offer[];
    readonly lastPrices: ReadonlyMap<string, LastPrice>;
  },
): readonly Choice[] {
  switch (of.method) {
    case 'incumbents':
      return keepIncumbents(of.asked, of.offers, of.lastPrices);
    case 'one-supplier':
      return chooseSupplier(of.asked, of.offers, of.supplierId ?? '');
    case 'by-hand':
      return oneEach(sharesAsQuantities(of.choices ?? [], of.asked), of.offers);
    default:
      return chooseLowest(of.asked, of.offers);
  }
}

/** Half-done is good enough to be compared; what nobody bid, and a second row for one supplier, is left out. */
function oneEach(choices: readonly Choice[], offers: readonly Offer[]): Choice[] {
  const priced = new Set(offers.map((offer) => `${offer.eventItemId} ${keyOfOffer(offer)}`));
  const taken = new Set<string>();
  return choices.filter((choice) => {
    const key = `${choice.eventItemId} ${choice.supplierId}`;
    const isOffered = priced.has(`${choice.eventItemId} ${offerKey(choice)}`);
    if (!isOffered || taken.has(key) || /^0(\.0*)?$/.test(choice.quantity)) return false;
    taken.add(key);
    return true;
  });
}

/** Takes a scenario away. @throws AppError `sourcing_event.not-found`, `award_scenario.not-found` */
export async function removeScenario(ctx: Ctx, of: { eventId: string; scenarioId: string }): Promise<void> {
  const event = await findEvent(ctx, of.eventId);
  const scenario = found('award_scenario', await store.lockScenario(ctx.tx, of.scenarioId));
  if (!(await store.deleteScenario(ctx.tx, { id: of.scenarioId, eventId: event.id })))
    throw notFound('award_scenario');
  await record(ctx, {
    action: 'award_scenario.removed',
    subject: { type: 'award_scenario', id: of.scenarioId },
    from: scenario.state,
    changes: { eventId: event.id, method: scenario.method, name: scenario.name },
  });
}

/** A saved scenario's choices, for the award's form; null where it is not there, or not solved. */
export async function findScenarioChoices(
  ctx: Ctx,
  of: { eventId: string; scenarioId: string },
): Promise<readonly Choice[] | null> {
  const scenario = await store.findScenario(ctx.tx, of.scenarioId);
  if (scenario?.eventId !== of.eventId || scenario.state !== 'solved') return null;
  return (await store.findChoices(ctx.tx, of.eventId)).get(scenario.id) ?? [];
}
