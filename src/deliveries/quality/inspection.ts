import { type FieldError, invalid, ruleBroken } from '../../kernel/errors.ts';
import { type DecimalString, isPositive } from '../../kernel/money.ts';
import { isAccepted, type SamplingPlan, samplingPlan } from './sampling.ts';

export type InspectionResult = 'accepted' | 'rejected';
/** What an inspection after the posting found. */
export type Inspection = SamplingPlan & {
  readonly id: string;
  readonly receiptId: string;
  readonly poLineId: string;
  readonly supplierId: string;
  readonly result: InspectionResult;
  readonly defectCount: number;
  readonly note: string;
  readonly inspectedBy: string;
  readonly inspectedAt: Date;
};
export type InspectionState = InspectionResult | 'pending';

/** A receipt's line, as far as its inspection goes. */
type Line = {
  readonly quantity: DecimalString;
  /** What was looked at when it was counted. */
  readonly sample: (SamplingPlan & { readonly defectCount: number }) | null;
};

/** How far it is: a sample that passed at the posting is enough; where it failed and a part was taken, somebody looks again. */
export const inspectionState = (
  line: Pick<Line, 'sample'>,
  later: Pick<Inspection, 'result'> | undefined,
): InspectionState =>
  later?.result ??
  (line.sample !== null && isAccepted(line.sample, line.sample.defectCount) ? 'accepted' : 'pending');

/**
 * What the sample of a line says of its lot: it is taken with as many defects as the plan allows, and not with one more.
 * @throws AppError `inspection.nothing-to-inspect`, `inspection.decided-already`, `inspection.refused` with the fields
 */
export function inspect(
  line: Line,
  by: { later: Pick<Inspection, 'result'> | undefined; defectCount: number; note: string },
): SamplingPlan & { result: InspectionResult } {
  if (!isPositive(line.quantity))
    throw ruleBroken('inspection.nothing-to-inspect', 'Nothing of this line was taken');
  if (inspectionState(line, by.later) !== 'pending')
    throw ruleBroken('inspection.decided-already', 'It was inspected already');
  const plan = samplingPlan(line.quantity);
  const result = isAccepted(plan, by.defectCount) ? 'accepted' : 'rejected';
  const wrong = (path: string, code: string, params: FieldError['params'] = {}): FieldError[] => [
    { path, code: `inspection.${code}`, message: code, params },
  ];
  const fields = [
    ...(by.defectCount > plan.sampleSize
      ? wrong('defectCount', 'more-defects-than-sample', { size: plan.sampleSize })
      : []),
    ...(result === 'rejected' && by.note === '' ? wrong('note', 'rejected-without-note') : []),
  ];
  if (fields.length > 0) throw invalid('inspection.refused', 'The inspection needs attention', fields);
  return { ...plan, result };
}
