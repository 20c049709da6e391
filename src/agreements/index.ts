export type { Agreement } from './agreement.ts';
export { bringIntoForce, handBackRefused } from './agreement-acts.service.ts';
export { makeAgreementDocuments } from './agreement-document.service.ts';
export { mayReadDocument, waitingFor } from './agreement-page.service.ts';
export { agreementsRoutes } from './agreements.routes.ts';
export { findAgreement, findWriters } from './agreements.service.ts';
export { passTimeOnNextAgreement } from './passing-time.service.ts';
