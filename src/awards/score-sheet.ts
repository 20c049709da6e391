import { type FieldError, invalid } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Policies } from '../kernel/policies.ts';
import { isOnScale, needsComment } from './consensus.ts';

export const scoreSheetLifecycle = defineLifecycle('score_sheet', 'draft', {
  draft: { submit: 'submitted' },
  submitted: {},
});

/** One member's points for one thing of one bid, with why. */
export type Score = {
  readonly bidId: string;
  readonly subjectId: string;
  /** Null where nothing was given yet. */
  readonly points: DecimalString | null;
  readonly comment: string;
};

/**
 * A sheet may be kept half done; what is on it is on the scale.
 * @throws AppError `invalid` `score_sheet.refused`, an entry for each wrong row at `scores.<index>.<field>`
 */
export function assertOnScale(scores: readonly Score[], scale: Policies['evaluation']): void {
  const problems = scores.flatMap(({ points }, index) =>
    points === null || isOnScale(points, scale)
      ? []
      : [
          problem(`scores.${index}.points`, 'score.off-scale', {
            maximum: scale.pointsAtMost,
            step: scale.step,
          }),
        ],
  );
  if (problems.length > 0) throw invalid('score_sheet.refused', 'Some points are off the scale', problems);
}

/**
 * A sheet is handed in when everything has its points, and very low and very high ones say why.
 * @throws AppError `invalid` `score_sheet.refused`, as {@link assertOnScale}
 */
export function assertComplete(scores: readonly Score[], scale: Policies['evaluation']): void {
  const problems = scores.flatMap(({ points, comment }, index) => {
    if (points === null) return [problem(`scores.${index}.points`, 'score.missing')];
    return needsComment(points, scale) && comment.trim() === ''
      ? [problem(`scores.${index}.comment`, 'score.needs-a-comment', { points })]
      : [];
  });
  if (problems.length > 0) throw invalid('score_sheet.refused', 'The sheet is not complete', problems);
}

const problem = (path: string, code: string, params: FieldError['params'] = {}): FieldError => ({
  path,
  code,
  message: code,
  params,
});
