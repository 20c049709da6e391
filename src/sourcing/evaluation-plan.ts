import type { Criterion } from './criterion.ts';
import type { Requirement } from './requirement.ts';

/** What an event asks bidders, and by what their bids are judged. Most events have none of either. */
export type EvaluationPlan = {
  /** Of all questions and criteria together; 0 while nothing was ever written down. */
  readonly version: number;
  /** Suppliers are told the criteria and their weights. */
  readonly showsWeights: boolean;
  readonly criteria: readonly Criterion[];
  readonly requirements: readonly Requirement[];
};

export const emptyPlan: EvaluationPlan = {
  version: 0,
  showsWeights: true,
  criteria: [],
  requirements: [],
};
