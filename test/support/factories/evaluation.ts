import type { NewRequirement } from '../../../src/sourcing/requirement.ts';

/** A question that can be answered by yes or no, and does nothing with the answer. */
export const someQuestion = (over: Partial<NewRequirement> = {}): NewRequirement => ({
  envelope: 'technical',
  kind: 'yes_no',
  prompt: 'Are you certified to ISO 9001?',
  help: '',
  isRequired: true,
  options: [],
  minimum: null,
  maximum: null,
  unit: '',
  knockOut: null,
  criterionId: null,
  scoring: null,
  ...over,
});
