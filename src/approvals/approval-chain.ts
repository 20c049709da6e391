import { ruleBroken } from '../kernel/errors.ts';
import { compareDecimals, type DecimalString } from '../kernel/money.ts';
import type { ApprovalRule, PlannedStep } from './approval.ts';

/** What a chain is chosen by. */
export type ToApprove = {
  /** Null where it is not known: then every amount counts as reached. */
  readonly amount: DecimalString | null;
  readonly currency: string;
  readonly places: readonly { readonly plantCode: string; readonly categoryCode: string }[];
  /** Who asks, for whom, and who has left: none of them is asked. */
  readonly barredIds: readonly string[];
};

const DEFAULT_STEP: PlannedStep = {
  approverId: null,
  approverRole: 'approver',
  stage: 1,
  needs: 'all',
  reason: 'default',
  subjectId: null,
  remindAfterDays: 2,
  escalateAfterDays: null,
  escalateTo: null,
};

/**
 * The steps that the rules ask for, stage by stage. Every rule that fits adds its approver, once a stage; where none
 * fits one approver is asked, because nothing is approved by silence. Not knowing an amount, or one in another currency
 * than the rules', is no way around anybody. Who asks does not decide: an approver takes its place.
 */
export function chainFor(
  rules: readonly ApprovalRule[],
  document: ToApprove,
  rulesCurrency: string,
): PlannedStep[] {
  const fitting = rules.filter((rule) => fits(rule, document, rulesCurrency));
  const steps = fitting.map((rule): PlannedStep => {
    const { fromAmount: _amount, categoryCode: _category, plantCode: _plant, ...step } = rule;
    return inPlace({ ...step, reason: 'rule', subjectId: null }, document.barredIds);
  });
  if (steps.length === 0) return [DEFAULT_STEP];
  return onceAStage(steps).toSorted((one, other) => one.stage - other.stage);
}

/** Does any rule ask for somebody? Where none does, a document may have a rule of its own. */
export const asksAnybody = (
  rules: readonly ApprovalRule[],
  document: ToApprove,
  rulesCurrency: string,
): boolean => rules.some((rule) => fits(rule, document, rulesCurrency));

function fits(rule: ApprovalRule, document: ToApprove, rulesCurrency: string): boolean {
  const isReached =
    document.amount === null ||
    document.currency !== rulesCurrency ||
    compareDecimals(document.amount, rule.fromAmount) >= 0;
  const isHere = document.places.some(
    ({ plantCode, categoryCode }) =>
      (rule.plantCode === null || rule.plantCode === plantCode) &&
      (rule.categoryCode === null || rule.categoryCode === categoryCode),
  );
  return isReached && isHere;
}

/** A step that would ask somebody who may not decide it is put to any approver. */
export const inPlace = (step: PlannedStep, barredIds: readonly string[]): PlannedStep =>
  step.approverId !== null && barredIds.includes(step.approverId)
    ? { ...step, approverId: null, approverRole: 'approver', reason: 'in-place' }
    : step;

/** Two rules may name one approver for a stage; it is asked once, and `all` counts more than `any`. */
function onceAStage(steps: readonly PlannedStep[]): PlannedStep[] {
  const byWhom = new Map<string, PlannedStep>();
  for (const step of steps) {
    const key = `${step.stage} ${step.approverId ?? step.approverRole} ${step.subjectId ?? ''}`;
    const known = byWhom.get(key);
    if (known === undefined || known.needs === 'any') byWhom.set(key, step);
  }
  return [...byWhom.values()];
}

/**
 * A policy says who is asked from nothing on, or it would leave small documents to nobody; stages follow one another.
 * @throws AppError `approval_policy.without-rules`, `approval_policy.escalates-before-it-reminds`
 */
export function assertSensible(rules: readonly ApprovalRule[]): void {
  if (rules.length === 0) throw ruleBroken('approval_policy.without-rules', 'A policy needs a rule');
  const hasty = rules.findIndex(
    (rule) =>
      rule.remindAfterDays !== null &&
      rule.escalateAfterDays !== null &&
      rule.escalateAfterDays <= rule.remindAfterDays,
  );
  if (hasty >= 0)
    throw ruleBroken('approval_policy.escalates-before-it-reminds', 'Remind first', { row: hasty + 1 });
}
