export type { ApprovableType, Decision } from './approval.ts';
export { findApproval, type ShownApproval } from './approval-page.service.ts';
export { findPossibleApprovers, writePolicy } from './approval-policies.service.ts';
export { decisionForm } from './approvals.forms.ts';
export { approvalIdsOf, findAsked, pageOf, waitingFor } from './approvals.queries.ts';
export { approvalsRoutes } from './approvals.routes.ts';
export {
  type DecidedOn,
  decideOn,
  type ExtraStep,
  hasChain,
  isUnderApproval,
  passTimeOnApprovals,
  startApproval,
  type ToBeApproved,
  withdrawApproval,
} from './approvals.service.ts';
