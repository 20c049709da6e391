import { all, OWN, rows, seenAndHeld, seenThrough, type Tables } from './access.ts';

/** Suppliers, and what is ordered from them, delivered and invoiced. */
export const tradingTables: Tables = {
  supplier: {
    supplier: seenAndHeld('id = acting_supplier_id()'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  supplier_contact: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  supplier_item: {
    supplier: rows(OWN, 'SELECT'),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  // A supplier reads how it stands, not who asked and why.
  qualification: {
    supplier: rows(
      OWN,
      `SELECT (id, supplier_id, category_code, plant_code, state, outcome, conditions, valid_until,
               renewal_asked_at, renewal_note, renewal_answer),
       UPDATE (renewal_asked_at, renewal_asked_by, renewal_note, renewal_answer)`,
    ),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE'),
  },
  supplier_site: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  supplier_contact_site: {
    supplier: rows(OWN, 'SELECT, INSERT, DELETE'),
    staff: all('SELECT, INSERT, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, DELETE'),
  },
  // Details are ciphertext; auditors see who let which account be used.
  bank_account_change: {
    supplier: rows(
      OWN,
      'SELECT, INSERT, UPDATE (state, called_contact_id, called_number, verified_by, verified_at, approved_by, approved_at, due_at, active_from, rejected_by, rejection_reason, version)',
    ),
    staff: all('SELECT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE'),
  },
  supplier_recovery: {
    supplier: rows(OWN, 'SELECT, UPDATE'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE'),
  },
  // An agreement exists for its supplier from when a version was offered to it. It signs and gives notice; what it
  // refuses is handed back, and what it signed is brought into force, by the worker.
  agreement: {
    supplier: rows(
      `${OWN} AND offered_at IS NOT NULL`,
      'SELECT, UPDATE (terminates_on, termination_reason, terminated_by, next_due_on, version)',
    ),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  agreement_version: {
    supplier: rows(
      `offered_at IS NOT NULL AND ${seenThrough('agreement', 'agreement_id')}`,
      'SELECT, UPDATE (refused_at, row_version)',
    ),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  agreement_signature: {
    supplier: rows(
      `EXISTS (SELECT FROM agreement_version AS version
                WHERE version.agreement_id = agreement_signature.agreement_id
                  AND version.version = agreement_signature.version)`,
      'SELECT, INSERT',
      `side = 'supplier' AND user_id = acting_user_id()
       AND EXISTS (SELECT FROM agreement_version AS version
                    WHERE version.agreement_id = agreement_signature.agreement_id
                      AND version.version = agreement_signature.version)`,
    ),
    staff: rows('true', 'SELECT, INSERT', `side = 'buyer' AND user_id = acting_user_id()`),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  agreement_line: {
    supplier: rows(seenThrough('agreement', 'agreement_id'), 'SELECT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  // Its supplier sees what was called off once it has the order.
  call_off: {
    // From which account it is paid is ours.
    supplier: rows(
      seenThrough('purchase_order', 'order_id'),
      'SELECT (id, agreement_id, supplier_id, order_id, called_by, called_at)',
    ),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  call_off_line: {
    supplier: rows(seenThrough('call_off', 'call_off_id'), 'SELECT'),
    staff: all('SELECT, INSERT, UPDATE (quantity, amount)'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE (quantity, amount)'),
  },
  // An order exists for its supplier from when it was sent.
  purchase_order: {
    supplier: rows(
      `${OWN} AND state NOT IN ('draft', 'pending_approval', 'approved')
       AND (state <> 'cancelled' OR sent_at IS NOT NULL)`,
      'SELECT, UPDATE',
    ),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  po_version: {
    supplier: rows(seenThrough('purchase_order', 'order_id'), 'SELECT'),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE (document_id)'),
  },
  // Only a draft loses lines: a trigger sees to it.
  po_line: {
    supplier: rows(seenThrough('purchase_order', 'order_id'), 'SELECT'),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  po_schedule: {
    supplier: rows(
      seenThrough('po_line', 'po_line_id'),
      'SELECT, UPDATE (shipped_quantity, received_quantity, invoiced_quantity, fulfilment, response)',
    ),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE, DELETE'),
  },
  order_response: {
    supplier: rows(seenThrough('purchase_order', 'order_id'), 'SELECT, INSERT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  order_response_line: {
    supplier: rows(seenThrough('order_response', 'order_response_id'), 'SELECT, INSERT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  // A supplier proposes and answers; only staff and the worker make it a version of the order.
  change_order: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE'),
  },
  despatch_advice: {
    supplier: rows(
      OWN,
      'SELECT, INSERT, UPDATE (state, expected_on, carrier, tracking_number, packing_no, packed_at, departed_at)',
    ),
    staff: all(
      'SELECT, UPDATE (state, expected_on, arrived_at, arrived_by, rejection_reason, rejected_by, rejected_at)',
    ),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  dock_appointment: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE (state, starts_at, ends_at, note, set_by, set_at, version)'),
    staff: all('SELECT, UPDATE (state, starts_at, ends_at, note, set_by, set_at, version)'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  handling_unit: {
    supplier: rows(seenThrough('despatch_advice', 'despatch_advice_id'), 'SELECT, INSERT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  handling_unit_line: {
    supplier: rows(seenThrough('handling_unit', 'handling_unit_id'), 'SELECT, INSERT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  despatch_line: {
    supplier: rows(seenThrough('despatch_advice', 'despatch_advice_id'), 'SELECT, INSERT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  goods_receipt: {
    supplier: rows(OWN, 'SELECT'),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  goods_receipt_line: {
    supplier: rows(seenThrough('goods_receipt', 'goods_receipt_id'), 'SELECT'),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  inspection: {
    supplier: rows(OWN, 'SELECT'),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  // Its supplier states it and takes it back; what is answered is ours to write.
  service_entry: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE (state)'),
    staff: all('SELECT, UPDATE (state, decided_by, decided_at, decision_reason, goods_receipt_id)'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE (reminded_at)'),
  },
  // A forecast exists for its supplier from its first published version on; what it answers is its own until it submits it.
  forecast: {
    supplier: rows(`${OWN} AND current_version > 0`, 'SELECT, UPDATE (state)'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  forecast_version: {
    supplier: rows(`published_at IS NOT NULL AND ${seenThrough('forecast', 'forecast_id')}`, 'SELECT'),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE, DELETE'),
  },
  forecast_line: {
    supplier: rows(seenThrough('forecast_version', 'forecast_version_id'), 'SELECT'),
    staff: all('SELECT, INSERT, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, DELETE'),
  },
  forecast_commit: {
    supplier: rows(
      OWN,
      'SELECT, INSERT, UPDATE (forecast_version_id, note, revision, saved_by, saved_at, submitted_by, submitted_at)',
    ),
    staff: rows('submitted_at IS NOT NULL', 'SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  forecast_commit_line: {
    supplier: rows(seenThrough('forecast_commit', 'forecast_commit_id'), 'SELECT, INSERT, DELETE'),
    staff: rows(seenThrough('forecast_commit', 'forecast_commit_id'), 'SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  nonconformance: {
    supplier: rows(
      OWN,
      'SELECT, UPDATE (state, due_at, reminded_at, closed_by, closed_at, closing_note, version)',
    ),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE'),
  },
  corrective_action: {
    supplier: rows(OWN, 'SELECT, INSERT'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  invoice: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  // Until it is sent an invoice is its supplier's alone.
  invoice_draft: { supplier: rows(OWN, 'SELECT, INSERT, UPDATE'), audit: all('SELECT') },
  invoice_version: {
    supplier: rows(seenThrough('invoice', 'invoice_id'), 'SELECT, INSERT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  invoice_line: {
    supplier: rows(seenThrough('invoice', 'invoice_id'), 'SELECT, INSERT, DELETE'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  invoice_charge: {
    supplier: rows(seenThrough('invoice', 'invoice_id'), 'SELECT, INSERT, DELETE'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  invoice_line_receipt: {
    supplier: rows(seenThrough('invoice_line', 'invoice_line_id'), 'SELECT, INSERT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  // A statement exists for its supplier from when it was sent.
  statement: {
    supplier: rows(
      `${OWN} AND state <> 'draft'`,
      'SELECT, UPDATE (state, revision, sent_at, answered_by, answered_at, remark, version)',
    ),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  statement_line: {
    supplier: rows(seenThrough('statement', 'statement_id'), 'SELECT, UPDATE (is_left_out, dispute, answer)'),
    staff: all('SELECT, INSERT, UPDATE, DELETE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE, DELETE'),
  },
  match_exception: {
    supplier: rows(seenThrough('invoice', 'invoice_id'), 'SELECT, UPDATE'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  instalment: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  retention: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE (state, version)'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  // Whoever sends an invoice for received goods says what was paid of it in advance; whoever refuses one lets it go.
  prepayment_deduction: {
    supplier: rows(seenThrough('invoice', 'invoice_id'), 'SELECT, INSERT, UPDATE (holds)'),
    staff: all('SELECT, INSERT, UPDATE (holds)'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE (holds)'),
  },
  credit_note: {
    supplier: rows(
      OWN,
      'SELECT, INSERT, UPDATE (state, answer, net_amount, taxes, tax_amount, gross_amount, decided_by, decided_at, version)',
    ),
    staff: all('SELECT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE (answer_due_at, reminders)'),
  },
  // What a run that is not released takes is not the supplier's to know yet.
  credit_application: {
    supplier: rows(
      `${seenThrough('credit_note', 'credit_note_id')}
       AND (payment_line_id IS NULL OR ${seenThrough('payment_line', 'payment_line_id')})`,
      'SELECT',
    ),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  // We make its invoices; it answers, and ends that we do.
  self_billing_agreement: {
    supplier: rows(
      OWN,
      'SELECT, UPDATE (in_force_from, ends_on, state, reason, accepted_by, accepted_at, version)',
    ),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE'),
  },
  self_billed_invoice: {
    supplier: rows(
      OWN,
      'SELECT, UPDATE (state, contested, remark, invoice_id, decided_by, decided_at, version)',
    ),
    staff: all('SELECT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, UPDATE'),
  },
  early_payment: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE (state, decided_by, decided_at, version)'),
    staff: all('SELECT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE'),
  },
  // A payment exists for its supplier from when it was given to the bank.
  payment: {
    supplier: rows(`${OWN} AND state NOT IN ('planned', 'cancelled')`, 'SELECT'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE (document_id)'),
  },
  payment_line: {
    supplier: rows(seenThrough('payment', 'payment_id'), 'SELECT'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
  dispute: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT, UPDATE'),
  },
  message: {
    supplier: rows(OWN, 'SELECT, INSERT'),
    staff: all('SELECT, INSERT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT'),
  },
  message_reading: {
    supplier: rows(OWN, 'SELECT, INSERT, UPDATE'),
    staff: all('SELECT, INSERT, UPDATE'),
    audit: all('SELECT'),
    worker: all('SELECT'),
  },
};
