import { record } from '../audit/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { findAmendment, lockAmendment, saveAmendment } from './amendment.store.ts';
import { type Amendment, assertAmendmentIsDraft, assertPlanAmendable } from './amendment.ts';
import { planProblems } from './criterion.ts';
import * as store from './evaluation-plan.store.ts';
import {
  assertLotsOfPlan,
  copiedFrom,
  type EvaluationPlan,
  movedUp,
  requirementOf,
  type TypedCriterion,
  withCriteria,
  withoutRequirement,
  withRequirement,
  withRequirements,
} from './evaluation-plan.ts';
import { inOpeningOrder } from './event-sealing.ts';
import type { Lot } from './lot.ts';
import type { NewRequirement } from './requirement.ts';
import { findEvent, findLots, lockEvent } from './sourcing.service.ts';
import { saveSealing } from './sourcing-event.store.ts';
import { assertIsDraft, type SourcingEvent } from './sourcing-event.ts';

/** What the event asks and judges by, as the reader may know it. The caller has found the event. */
export const findPlan = (ctx: Ctx, eventId: string): Promise<EvaluationPlan> =>
  store.findPlan(ctx.tx, { eventId, isForSupplier: ctx.actor.supplierId !== null });

/** Whose plan is changed: a draft's, or the one an amendment proposes. `version` is the one the buyer saw. */
export type PlanSeen = {
  readonly eventId: string;
  readonly amendmentId?: string | null;
  readonly version: number;
};

/**
 * Writes down all criteria of a draft, or of an amendment in the making.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.is-no-draft`, `evaluation_plan.changed-meanwhile`,
 * `amendment.not-found`, `amendment.is-no-draft`, `amendment.plan-is-fixed`, and what {@link withCriteria} throws
 */
export const saveCriteria = (
  ctx: Ctx,
  of: PlanSeen & { showsWeights: boolean; criteria: readonly TypedCriterion[] },
): Promise<void> =>
  changePlan(ctx, of, 'criteria-changed', (plan) => ({
    plan: withCriteria(plan, of, newId),
    changes: {
      weights: of.criteria.map(({ title, weight }) => ({ title, weight })),
      showsWeights: of.showsWeights,
    },
  }));

/** Asks a question more, or changes one. @throws AppError as {@link saveCriteria}, and what {@link withRequirement} throws */
export const saveRequirement = (
  ctx: Ctx,
  of: PlanSeen & { requirementId: string | null; requirement: NewRequirement },
): Promise<void> =>
  changePlan(ctx, of, 'requirements-changed', (plan) => ({
    plan: withRequirement(plan, { id: of.requirementId, requirement: of.requirement }, newId),
    changes: { [of.requirementId === null ? 'added' : 'changed']: of.requirement.prompt },
  }));

type OneSeen = PlanSeen & { readonly requirementId: string };

/** @throws AppError as {@link saveCriteria}, `requirement.not-found` */
export const removeRequirement = (ctx: Ctx, of: OneSeen): Promise<void> =>
  changePlan(ctx, of, 'requirements-changed', (plan) => ({
    plan: withoutRequirement(plan, of.requirementId),
    changes: { removed: requirementOf(plan, of.requirementId).prompt },
  }));

/** Puts a question before the one above it; the first stays. @throws AppError as {@link removeRequirement} */
export const moveRequirementUp = (ctx: Ctx, of: OneSeen): Promise<void> =>
  changePlan(ctx, of, 'requirements-changed', (plan) => ({
    plan: movedUp(plan, of.requirementId),
    changes: { moved: requirementOf(plan, of.requirementId).prompt },
  }));

/** Takes over questions that somebody looked at in a preview. @throws AppError as {@link saveRequirement} */
export const importRequirements = (
  ctx: Ctx,
  of: PlanSeen & { mode: 'add' | 'replace'; requirements: readonly NewRequirement[] },
): Promise<void> =>
  changePlan(ctx, of, 'requirements-changed', (plan) => ({
    plan: withRequirements(plan, of, newId),
    changes: { mode: of.mode, imported: of.requirements.length },
  }));

/**
 * Takes the questions and criteria of another event over, instead of those there.
 * @throws AppError as {@link saveCriteria}; `sourcing_event.not-found` also for the other event
 */
export async function copyPlan(ctx: Ctx, of: PlanSeen & { fromEventId: string }): Promise<void> {
  const from = await findEvent(ctx, of.fromEventId);
  const source = { plan: await findPlan(ctx, from.id), lots: await findLots(ctx, from.id) };
  const { amendmentId = null } = of;
  const amendment =
    amendmentId === null ? null : await findAmendment(ctx.tx, { eventId: of.eventId, id: amendmentId });
  const ownLots = await lotsToAsk(ctx, of.eventId, amendment ?? null);
  await changePlan(ctx, of, 'requirements-changed', (plan) => ({
    plan: copiedFrom(plan, { ...source, ownLots }, newId),
    changes: { copiedFrom: from.reference },
  }));
}

/** Whose questions and criteria can be copied. */
export const listPlannedEvents = (ctx: Ctx, except: string): Promise<store.PlannedEvent[]> =>
  store.findPlannedEvents(ctx.tx, { except, ...placesOf(ctx.actor) });

/**
 * What goes out can be answered and judged: weights are 100 together, for each lot; each criterion of answers has a question.
 * @throws AppError `evaluation_plan.weights-not-100`, `evaluation_plan.weights-of-lot-not-100`,
 * `evaluation_plan.criterion-without-question`, `evaluation_plan.question-in-other-envelope`
 */
export function assertPlanComplete(
  plan: EvaluationPlan,
  lots: readonly { readonly id?: string | undefined; readonly title: string }[],
): void {
  const [problem] = planProblems(plan, lots);
  if (problem === undefined) return;
  switch (problem.code) {
    case 'weights-not-100':
      throw ruleBroken('evaluation_plan.weights-not-100', 'Weights must be 100 together', problem.params);
    case 'weights-of-lot-not-100':
      throw ruleBroken('evaluation_plan.weights-of-lot-not-100', 'Weights of a lot differ', problem.params);
    case 'criterion-without-question':
      throw ruleBroken('evaluation_plan.criterion-without-question', 'Nothing is asked', problem.params);
    case 'question-in-other-envelope':
      throw ruleBroken('evaluation_plan.question-in-other-envelope', 'Envelopes differ', problem.params);
  }
}

/** Writes a plan as it was proposed and approved; the caller holds the event. */
export async function replacePlan(ctx: Ctx, event: SourcingEvent, plan: EvaluationPlan): Promise<void> {
  const { version } = await findPlan(ctx, event.id);
  await savePlan(ctx, event.id, { ...plan, version });
}

type Changed = { readonly plan: EvaluationPlan; readonly changes: Readonly<Record<string, unknown>> };

async function changePlan(
  ctx: Ctx,
  of: PlanSeen,
  act: string,
  work: (plan: EvaluationPlan) => Changed,
): Promise<void> {
  const event = await lockEvent(ctx, of.eventId);
  const { amendmentId = null } = of;
  if (amendmentId !== null) return amendPlan(ctx, event, { ...of, amendmentId }, work);
  assertIsDraft(event);
  const before = await findPlan(ctx, event.id);
  if (before.version !== of.version) throw changedMeanwhile();
  const { plan, changes } = work(before);
  assertLotsOfPlan(plan, await findLots(ctx, event.id));
  await savePlan(ctx, event.id, plan);
  await record(ctx, {
    action: `sourcing_event.${act}`,
    subject: { type: 'sourcing_event', id: event.id },
    changes,
  });
}

/** The same change in what an amendment proposes; the event goes on as it is. */
async function amendPlan(
  ctx: Ctx,
  event: SourcingEvent,
  of: PlanSeen & { amendmentId: string },
  work: (plan: EvaluationPlan) => Changed,
): Promise<void> {
  const amendment = found(
    'amendment',
    await lockAmendment(ctx.tx, { eventId: event.id, id: of.amendmentId }),
  );
  assertAmendmentIsDraft(amendment);
  assertPlanAmendable(event);
  if (amendment.version !== of.version) throw changedMeanwhile();
  const { plan } = work(await proposedPlan(ctx, amendment));
  assertLotsOfPlan(plan, amendment.proposal.lots ?? (await findLots(ctx, event.id)));
  await saveAmendment(ctx.tx, {
    ...amendment,
    eventVersion: event.version,
    proposal: { ...amendment.proposal, plan },
  });
  await record(ctx, {
    action: 'amendment.revised',
    subject: { type: 'amendment', id: amendment.id },
    from: amendment.state,
    to: amendment.state,
    changes: { eventId: event.id },
  });
}

/** The lots that a plan may name: those of the event, or those that an amendment makes of them. */
export async function lotsToAsk(ctx: Ctx, eventId: string, amendment: Amendment | null): Promise<Lot[]> {
  const proposed = amendment?.proposal.lots ?? null;
  if (proposed === null) return findLots(ctx, eventId);
  return proposed.flatMap(({ id, ...lot }, index) =>
    id === undefined ? [] : [{ ...lot, id, lotNo: index + 1 }],
  );
}

/** What an amendment leaves or makes of the plan, under the amendment's own version. */
export const proposedPlan = async (ctx: Ctx, amendment: Amendment): Promise<EvaluationPlan> => ({
  ...(amendment.proposal.plan ?? (await findPlan(ctx, amendment.eventId))),
  version: amendment.version,
});

async function savePlan(ctx: Ctx, eventId: string, plan: EvaluationPlan): Promise<void> {
  await store.savePlan(ctx.tx, eventId, plan);
  if (!(await store.saveVersion(ctx.tx, { ...plan, eventId, at: ctx.now }))) throw changedMeanwhile();
  await widenEnvelopes(ctx, eventId, plan);
}

/** What is asked or judged in an envelope gives the event's bids one, so that it is opened before the prices. */
async function widenEnvelopes(ctx: Ctx, eventId: string, plan: EvaluationPlan): Promise<void> {
  const event = await findEvent(ctx, eventId);
  const used = [...plan.criteria, ...plan.requirements].map(({ envelope }) => envelope);
  const envelopes = inOpeningOrder([...event.envelopes, ...used]);
  if (envelopes.length === event.envelopes.length) return;
  if (!(await saveSealing(ctx.tx, { ...event, envelopes }))) throw changedMeanwhile();
}

const changedMeanwhile = () =>
  conflict('evaluation_plan.changed-meanwhile', 'Somebody else changed the questions or criteria meanwhile');
