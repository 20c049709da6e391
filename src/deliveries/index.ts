export { deliveriesRoutes } from './deliveries.routes.ts';
export { waitingFor } from './delivery-list.service.ts';
export { mayReadDocument } from './delivery-pages.service.ts';
export type { DespatchAdvice, DespatchLine, DespatchState } from './despatch-advice.ts';
export {
  type Announcement,
  announceDelivery,
  findDespatch,
  findDespatchLines,
} from './despatches.service.ts';
export type { ReceiptLine } from './goods-receipt.store.ts';
export { type GoodsReceipt, isShort } from './goods-receipt.ts';
export { makePackingDocuments } from './packing/packing-documents.service.ts';
export {
  findNonconformance,
  mayReadEvidence,
  waitingForNonconformances,
} from './quality/nonconformance-page.service.ts';
export { remindOfNonconformances } from './quality/nonconformances.service.ts';
export {
  type Count,
  findReceipt,
  findReceiptLines,
  receiptsOfOrder,
  receiveDespatch,
  receivedQuantities,
  receiveOnOrder,
} from './receipts.service.ts';
export { acceptWork, remindOfWork, stateWork } from './services/service-entries.service.ts';
export {
  findServiceEntry,
  findWhoAnswers,
  mayReadWork,
  waitingForWork,
} from './services/work-page.service.ts';
