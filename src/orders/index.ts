export { applyAgreed } from './agreed-changes.service.ts';
export { giveUpAgreements } from './award-agreements.service.ts';
export {
  type BillableCharge,
  billableCharges,
  hasBillableCharges,
  invoicedPart,
  leftOfCharge,
  restToInvoice,
} from './billable-charges.ts';
export { callOffRoutes } from './call-offs.routes.ts';
export { callOff } from './call-offs.service.ts';
export {
  type Arrival,
  addArrivedTo,
  announceableQuantity,
  type Fulfilment,
  type OrderLine,
  openQuantity,
  overQuantity,
  type QuantityChange,
  receivableQuantity,
  shippedWith,
  underWayQuantity,
} from './fulfilment.ts';
export { issueOrder, issueOrdersForAward, type OrderToIssue } from './issue-orders.service.ts';
export { traceLines } from './line-trace.queries.ts';
export { orderChangesRoutes } from './order-changes.routes.ts';
export { makeOrderDocument } from './order-document.service.ts';
export { waitingFor } from './order-list.service.ts';
export { noteOrderMail } from './order-mail.service.ts';
export { mayReadDocument } from './order-page.service.ts';
export { answerOrder, passTimeOnAnswers } from './order-response.service.ts';
export { findReceivedSources } from './order-sources.service.ts';
export { findPlaceOf, findSuperiors } from './orders.queries.ts';
export { ordersRoutes } from './orders.routes.ts';
export {
  acknowledgeOrder,
  addArrived,
  addInvoiced,
  addInvoicedCharges,
  addInvoicedUnreceived,
  addReceived,
  addShipped,
  cancelUnsentOrders,
  closeOrderWhenDone,
  closeShort,
  findLinesOfOrders,
  findOrder,
  findOrderLines,
  lockOrder,
  lockOrders,
  sendOrder,
} from './orders.service.ts';
export { overPercentOf } from './over-delivery.service.ts';
export {
  type PaymentPlan,
  type PricedInstalment,
  pricedInstalments,
} from './payment-plan.ts';
export {
  assertAnswered,
  assertRunning,
  isRunning,
  type OrderState,
  orderStates,
  type PurchaseOrder,
} from './purchase-order.ts';
