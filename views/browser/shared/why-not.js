// Why a draft may not go out, by the rules that every bid is held to.
import { assertWhole } from '../../../src/bids/whole-draft.ts';
import { showFailure } from './form.js';

/** Why this draft may not go out, by the rules that every bid is held to; null when it may. */
export function whyNot(whole, freeIsMeant) {
  try {
    assertWhole(whole, freeIsMeant);
    return null;
  } catch (refusal) {
    return refusal;
  }
}

/** Says so, with ways to the fields it is about. */
export function showWhyNot(refusal, { read, responses }, { words, messageOf }) {
  const fieldAt = (path) => `field-${path.replaceAll('.', '-')}`;
  const wrong = read.errors.map((error) => {
    const text = messageOf(error);
    const { line } = error.params ?? {};
    return {
      text: line === undefined ? text : words('bids.submission.error-in-line', { line, message: text }),
      field: fieldAt(error.path),
    };
  });
  const missing = responses
    .filter((one) => one.isMissing)
    .map(({ requirement }) => ({
      text: `${requirement.number}. ${requirement.prompt}`,
      field:
        requirement.kind === 'file' ? `proof-${requirement.id}` : fieldAt(`answers.${requirement.id}.answer`),
    }));
  const entries = { 'bid.has-errors': wrong, 'bid.responses-missing': missing };
  showFailure(messageOf(refusal), entries[refusal.code]);
}
