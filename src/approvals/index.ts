export { type ApprovableType, type Decision, decisions } from './approval.ts';
export { decisionForm } from './approvals.forms.ts';
export { findApproval, type ShownApproval } from './approval-page.service.ts';
export { approvalIdsOf, findAsked, pageOf, waitingFor } from './approvals.queries.ts';
export { approvalsRoutes } from './approvals.routes.ts';
export {
  type DecidedOn,
  decideOn,
  type ExtraStep,
  hasPolicy,
  passTimeOnApprovals,
  startApproval,
  withdrawApproval,
} from './approvals.service.ts';
export { findPossibleApprovers, writePolicy } from './approval-policies.service.ts';
