import { record } from '../audit/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { assertCriteria, type NewCriterion, planProblems } from './criterion.ts';
import * as store from './evaluation-plan.store.ts';
import type { EvaluationPlan } from './evaluation-plan.ts';
import { inOpeningOrder } from './event-sealing.ts';
import { assertAskable, type NewRequirement, type Requirement } from './requirement.ts';
import { findEvent, lockEvent } from './sourcing.service.ts';
import { saveSealing } from './sourcing-event.store.ts';
import { assertIsDraft, type SourcingEvent } from './sourcing-event.ts';

const MOST_REQUIREMENTS = 300;

/** What the event asks and judges by, as the reader may know it. The caller has found the event. */
export const findPlan = (ctx: Ctx, eventId: string): Promise<EvaluationPlan> =>
  store.findPlan(ctx.tx, { eventId, isForSupplier: ctx.actor.supplierId !== null });

type Change = { readonly eventId: string; readonly version: number };

/**
 * Writes down all criteria of a draft. `version` is the one the buyer saw.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.is-no-draft`, `evaluation_plan.changed-meanwhile`,
 * and what {@link assertCriteria} throws
 */
export async function saveCriteria(
  ctx: Ctx,
  of: Change & {
    showsWeights: boolean;
    criteria: readonly (Omit<NewCriterion, 'id'> & { id: string | null })[];
  },
): Promise<void> {
  const { event, plan } = await lockPlan(ctx, of);
  const known = new Set(plan.criteria.map((criterion) => criterion.id));
  const criteria = of.criteria.map((criterion) => ({
    ...criterion,
    // An id of another event's criterion is none of this one.
    id: criterion.id !== null && known.has(criterion.id) ? criterion.id : newId(),
  }));
  assertCriteria(criteria);
  await store.replaceCriteria(ctx.tx, event.id, criteria);
  await saveVersion(ctx, { ...of, showsWeights: of.showsWeights });
  const weights = criteria.map(({ title, weight }) => ({ title, weight }));
  await recordChange(ctx, event, 'criteria-changed', { weights, showsWeights: of.showsWeights });
}

/**
 * Asks a question more, or changes one. Its kind stays what it was.
 * @throws AppError as {@link saveCriteria}, `requirement.not-found`, `requirement.too-many`, and what
 * {@link assertAskable} throws
 */
export async function saveRequirement(
  ctx: Ctx,
  of: Change & { requirementId: string | null; requirement: NewRequirement },
): Promise<void> {
  const { event, plan } = await lockPlan(ctx, of);
  const { requirement } = of;
  assertAskable(requirement);
  assertCriterionFits(plan, requirement);
  if (of.requirementId === null) {
    assertCount(plan.requirements.length + 1);
    await insert(ctx, event.id, plan, [requirement]);
  } else {
    const before = requirementOf(plan, of.requirementId);
    await store.updateRequirement(ctx.tx, { ...requirement, kind: before.kind, id: before.id });
  }
  await saveVersion(ctx, { ...of, showsWeights: plan.showsWeights });
  const changed = of.requirementId === null ? 'added' : 'changed';
  await recordChange(ctx, event, 'requirements-changed', { [changed]: requirement.prompt });
}

/** @throws AppError as {@link saveCriteria}, `requirement.not-found` */
export async function removeRequirement(ctx: Ctx, of: Change & { requirementId: string }): Promise<void> {
  const { event, plan } = await lockPlan(ctx, of);
  const { id, number, prompt } = requirementOf(plan, of.requirementId);
  await store.deleteRequirement(ctx.tx, { eventId: event.id, id, number });
  await saveVersion(ctx, { ...of, showsWeights: plan.showsWeights });
  await recordChange(ctx, event, 'requirements-changed', { removed: prompt });
}

/** Puts a question before the one above it; the first stays. @throws AppError as {@link removeRequirement} */
export async function moveRequirementUp(ctx: Ctx, of: Change & { requirementId: string }): Promise<void> {
  const { event, plan } = await lockPlan(ctx, of);
  const requirement = requirementOf(plan, of.requirementId);
  const above = plan.requirements[plan.requirements.indexOf(requirement) - 1];
  if (above === undefined) return;
  await store.swapRequirements(ctx.tx, [requirement, above]);
  await saveVersion(ctx, { ...of, showsWeights: plan.showsWeights });
  await recordChange(ctx, event, 'requirements-changed', { moved: requirement.prompt });
}

/**
 * Takes questions over that somebody looked at in a preview, beside those there or instead of them.
 * @throws AppError as {@link saveRequirement}
 */
export async function importRequirements(
  ctx: Ctx,
  of: Change & { mode: 'add' | 'replace'; requirements: readonly NewRequirement[] },
): Promise<void> {
  const { event, plan } = await lockPlan(ctx, of);
  for (const requirement of of.requirements) {
    assertAskable(requirement);
    assertCriterionFits(plan, requirement);
  }
  const kept = of.mode === 'add' ? plan.requirements.length : 0;
  assertCount(kept + of.requirements.length);
  if (of.mode === 'replace') await store.deleteRequirements(ctx.tx, event.id);
  await insert(ctx, event.id, { requirements: of.mode === 'add' ? plan.requirements : [] }, of.requirements);
  await saveVersion(ctx, { ...of, showsWeights: plan.showsWeights });
  await recordChange(ctx, event, 'requirements-changed', { mode: of.mode, imported: of.requirements.length });
}

/**
 * Takes the questions and criteria of another event over, instead of those there.
 * @throws AppError as {@link saveCriteria}; `sourcing_event.not-found` also for the other event
 */
export async function copyPlan(ctx: Ctx, of: Change & { fromEventId: string }): Promise<void> {
  const { event } = await lockPlan(ctx, of);
  const from = await findEvent(ctx, of.fromEventId);
  const plan = await findPlan(ctx, from.id);
  const idOf = new Map(plan.criteria.map((criterion) => [criterion.id, newId()]));
  const criteria = plan.criteria.map((criterion) => ({
    ...criterion,
    id: idOf.get(criterion.id) ?? newId(),
  }));
  const requirements = plan.requirements.map((requirement) => ({
    ...requirement,
    criterionId: requirement.criterionId === null ? null : (idOf.get(requirement.criterionId) ?? null),
  }));
  await store.deleteRequirements(ctx.tx, event.id);
  await store.replaceCriteria(ctx.tx, event.id, criteria);
  await insert(ctx, event.id, { requirements: [] }, requirements);
  await saveVersion(ctx, { ...of, showsWeights: plan.showsWeights });
  await recordChange(ctx, event, 'requirements-changed', { copiedFrom: from.reference });
}

/** Whose questions and criteria can be copied. */
export const listPlannedEvents = (ctx: Ctx, except: string): Promise<store.PlannedEvent[]> =>
  store.findPlannedEvents(ctx.tx, { except, ...placesOf(ctx.actor) });

/**
 * What goes out can be answered and judged: weights are 100 together, each criterion of answers has a question.
 * @throws AppError `evaluation_plan.weights-not-100`, `evaluation_plan.criterion-without-question`,
 * `evaluation_plan.question-in-other-envelope`
 */
export async function assertPlanComplete(ctx: Ctx, eventId: string): Promise<void> {
  const [problem] = planProblems(await findPlan(ctx, eventId));
  if (problem === undefined) return;
  switch (problem.code) {
    case 'weights-not-100':
      throw ruleBroken('evaluation_plan.weights-not-100', 'Weights must be 100 together', problem.params);
    case 'criterion-without-question':
      throw ruleBroken('evaluation_plan.criterion-without-question', 'Nothing is asked', problem.params);
    case 'question-in-other-envelope':
      throw ruleBroken('evaluation_plan.question-in-other-envelope', 'Envelopes differ', problem.params);
  }
}

async function lockPlan(ctx: Ctx, of: Change): Promise<{ event: SourcingEvent; plan: EvaluationPlan }> {
  const event = await lockEvent(ctx, of.eventId);
  assertIsDraft(event);
  const plan = await findPlan(ctx, event.id);
  if (plan.version !== of.version) throw changedMeanwhile();
  return { event, plan };
}

/** What is asked or judged in an envelope gives the event's bids one, so that it is opened before the prices. */
async function widenEnvelopes(ctx: Ctx, eventId: string): Promise<void> {
  const event = await findEvent(ctx, eventId);
  const plan = await findPlan(ctx, eventId);
  const used = [...plan.criteria, ...plan.requirements].map(({ envelope }) => envelope);
  const envelopes = inOpeningOrder([...event.envelopes, ...used]);
  if (envelopes.length === event.envelopes.length) return;
  if (!(await saveSealing(ctx.tx, { ...event, envelopes }))) throw changedMeanwhile();
}

const changedMeanwhile = () =>
  conflict('evaluation_plan.changed-meanwhile', 'Somebody else changed the questions or criteria meanwhile');

async function saveVersion(ctx: Ctx, of: Change & { showsWeights: boolean }): Promise<void> {
  const { eventId, version, showsWeights } = of;
  if (!(await store.saveVersion(ctx.tx, { eventId, version, showsWeights, at: ctx.now })))
    throw changedMeanwhile();
  await widenEnvelopes(ctx, eventId);
}

const insert = (
  ctx: Ctx,
  eventId: string,
  plan: Pick<EvaluationPlan, 'requirements'>,
  requirements: readonly NewRequirement[],
): Promise<void> =>
  store.insertRequirements(ctx.tx, { eventId, after: plan.requirements.at(-1)?.number ?? 0, requirements });

const requirementOf = (plan: EvaluationPlan, id: string): Requirement =>
  found(
    'requirement',
    plan.requirements.find((requirement) => requirement.id === id),
  );

function assertCount(count: number): void {
  if (count > MOST_REQUIREMENTS)
    throw ruleBroken('requirement.too-many', `At most ${MOST_REQUIREMENTS} questions`, {
      maximum: MOST_REQUIREMENTS,
    });
}

/** The points of a question count for a criterion of answers, in the envelope that the answer lies in. */
function assertCriterionFits(plan: EvaluationPlan, { criterionId, envelope }: NewRequirement): void {
  if (criterionId === null) return;
  const criterion = plan.criteria.find((one) => one.id === criterionId);
  if (criterion?.kind !== 'answers' || criterion.envelope !== envelope)
    throw ruleBroken('requirement.criterion-elsewhere', 'Not a criterion of answers of this envelope');
}

const recordChange = (
  ctx: Ctx,
  event: SourcingEvent,
  act: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<string> =>
  record(ctx, {
    action: `sourcing_event.${act}`,
    subject: { type: 'sourcing_event', id: event.id },
    changes,
  });
