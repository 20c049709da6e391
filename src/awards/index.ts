export type { Award, AwardLine, AwardState } from './award.ts';
export { awardFormRoutes } from './award-form.routes.ts';
export { type AwardNews, getAwardNews } from './award-news.queries.ts';
export { awardsRoutes } from './awards.routes.ts';
export {
  approveAward,
  type ProposedAward,
  proposeAward,
} from './awards.service.ts';
export { cancelProposal } from './cancel-proposal.service.ts';
export { committeeRoutes } from './committee.routes.ts';
export { comparisonRoutes } from './comparison.routes.ts';
export { costsRoutes } from './costs.routes.ts';
export { type CommitteeNews, findCommitteeNews, waitingForCommittee } from './evaluation.queries.ts';
export { evaluationRoutes } from './evaluation.routes.ts';
export { sendLetters } from './issue-letters.service.ts';
export { type LandedPrice, landedPricesOf } from './landed.queries.ts';
export { landOpenedBids } from './landing.service.ts';
export { mayReadLetter } from './letters.service.ts';
export { objectionsRoutes } from './objections.routes.ts';
export { endStandstills } from './objections.service.ts';
export { savingsRoutes } from './savings.routes.ts';
export { solveScenario } from './scenario-search.service.ts';
export { scenariosRoutes } from './scenarios.routes.ts';
export { remindMembers } from './scoring.service.ts';
export { successorRoutes } from './successor.routes.ts';
export { findSupplierCharges } from './supplier-charges.service.ts';
export type { SupplierCharge } from './supplier-charges.ts';
export { waitingFor } from './waiting.queries.ts';
export { withdrawalsRoutes } from './withdrawals.routes.ts';
