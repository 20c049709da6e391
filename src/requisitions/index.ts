export { mayReadDocument } from './attachments.service.ts';
export type { LineTrace } from './line-trace.ts';
export { allot, type Taking } from './parts.ts';
export {
  freeLines,
  giveBackOfLines,
  lockLinesToSource,
  markOrdered,
  markReceived,
  markSourcing,
  takeOfLines,
} from './progress.service.ts';
export { type MergedLine, mergeLines, type WaitingLine } from './requisition.ts';
export { decideRequisition, submitRequisition } from './requisition-acts.service.ts';
export { lineForm, takenQuantities, takingsOf } from './requisitions.forms.ts';
export { waitingFor } from './requisitions.queries.ts';
export { requisitionsRoutes } from './requisitions.routes.ts';
export { createRequisition, findRequisition, findRequisitionLines } from './requisitions.service.ts';
export { type Share, type Source, spread } from './spread.ts';
export {
  findTakenLines,
  findWaitingLines,
  listWaitingLines,
  type WaitingLineFilter,
} from './waiting-lines.queries.ts';
