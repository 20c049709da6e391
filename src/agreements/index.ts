export type { Agreement } from './agreement.ts';
export { decideVersion, giveUpForAward, submitVersion } from './agreement-acts.service.ts';
export { makeAgreementDocuments } from './agreement-document.service.ts';
export { mayReadDocument, waitingFor } from './agreement-page.service.ts';
export { bringIntoForce, handBackRefused, signVersion } from './agreement-signing.service.ts';
export { agreementsRoutes } from './agreements.routes.ts';
export {
  draftAgreement,
  findAgreement,
  findOfferedText,
  findWriters,
  type TypedTerms,
} from './agreements.service.ts';
export type { CallOffBudget } from './call-off.store.ts';
export type { CallOffLine } from './call-off.ts';
export {
  assertAgreed,
  assertCallOffChange,
  findCallOffBudget,
  getCallOffForm,
  noteCallOff,
  openCallOff,
  recountCallOff,
  releaseCallOff,
  settleCallOff,
} from './call-offs.service.ts';
export { passTimeOnNextAgreement } from './passing-time.service.ts';
export { priceIndicesRoutes } from './price-indices.routes.ts';
export { proposeIndexedPrices } from './price-indices.service.ts';
export { priceListRoutes } from './price-list.routes.ts';
export { getRetender } from './renewal.service.ts';
