/** A kind of document the record speaks of: where its row is, and the page that shows it. */
export type SubjectKind = {
  /** The table; also the `subject_type` of its acts. */
  readonly type: string;
  /** The page of one, before its id; null where it has none of its own. */
  readonly page: string | null;
  readonly hasReference: boolean;
  /** Does each change of its state leave an act that says to what? Then the record must agree with the table. */
  readonly statesAreRecorded: boolean;
};

/** The documents of a purchase, in its order. The record stands below their domains, so it knows them by name only. */
export const subjectKinds: readonly SubjectKind[] = [
  { type: 'supplier', page: '/suppliers/', hasReference: true, statesAreRecorded: true },
  { type: 'agreement', page: '/agreements/', hasReference: true, statesAreRecorded: true },
  { type: 'requisition', page: '/requisitions/', hasReference: true, statesAreRecorded: true },
  { type: 'approval', page: null, hasReference: true, statesAreRecorded: true },
  { type: 'sourcing_event', page: '/events/', hasReference: true, statesAreRecorded: true },
  // A supplier chosen for a draft is a row already, and an act only when the event is published.
  { type: 'invitation', page: null, hasReference: false, statesAreRecorded: false },
  { type: 'bid', page: null, hasReference: true, statesAreRecorded: true },
  { type: 'award', page: '/awards/', hasReference: true, statesAreRecorded: true },
  { type: 'purchase_order', page: '/orders/', hasReference: true, statesAreRecorded: true },
  { type: 'despatch_advice', page: '/despatches/', hasReference: true, statesAreRecorded: true },
  { type: 'goods_receipt', page: '/receipts/', hasReference: true, statesAreRecorded: true },
  { type: 'forecast', page: '/forecasts/', hasReference: true, statesAreRecorded: true },
  { type: 'invoice', page: '/invoices/', hasReference: true, statesAreRecorded: true },
  { type: 'statement', page: '/statements/', hasReference: true, statesAreRecorded: true },
  { type: 'credit_note', page: '/credit-notes/', hasReference: true, statesAreRecorded: true },
  { type: 'self_billing_agreement', page: '/self-billing/', hasReference: true, statesAreRecorded: true },
  { type: 'self_billed_invoice', page: '/self-billed/', hasReference: true, statesAreRecorded: true },
  { type: 'payment_run', page: '/payment-runs/', hasReference: true, statesAreRecorded: true },
  { type: 'payment', page: '/payments/', hasReference: true, statesAreRecorded: true },
  { type: 'dispute', page: '/disputes/', hasReference: true, statesAreRecorded: true },
  { type: 'report_export', page: null, hasReference: true, statesAreRecorded: false },
];
