import { found } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { type Day, monthsBefore } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findBillableLines } from '../invoices.queries.ts';
import { lockOrdersInTurn } from '../invoices.service.ts';
import { todayOf } from '../payment-run.service.ts';
import { findOrdersOfStatement, findTermsOfStatement } from '../statements/statement.store.ts';
import { lockStatementToInvoice, noteInvoiced } from '../statements/statement-invoiced.service.ts';
import { buildAndSend } from '../statements/statements.service.ts';
import { hashOf, sendInvoice } from '../submission.service.ts';
import { findNextToState, insertSelfBilled } from './self-billed-invoice.store.ts';
import { enteredAgain, type SelfBilledInvoice, selfBilledInvoiceLifecycle } from './self-billed-invoice.ts';
import { figuresOf, findNumber, recordMove } from './self-billed-invoices.service.ts';
import * as agreements from './self-billing-agreement.store.ts';

/**
 * Makes the one invoice of a statement that its supplier has confirmed, where both agreed that we make it: what was
 * confirmed line by line is submitted in the name of who confirmed it. Any other statement stays as it is; false then.
 */
export async function selfBillStatement(ctx: Ctx, statementId: string): Promise<boolean> {
  const agreement = await agreements.lockAgreementOfStatement(ctx.tx, statementId);
  if (agreement === undefined) return false;
  const ofStatement = await findOrdersOfStatement(ctx, statementId);
  const orders = await lockOrdersInTurn(
    ctx,
    ofStatement.map((order) => order.id),
  );
  const statement = await lockStatementToInvoice(ctx, statementId);
  const source = { receiptId: null, statementId };
  const billable = await findBillableLines(ctx, { source, except: null });
  const terms = await findTermsOfStatement(ctx, statementId);
  const number = await findNumber(ctx, agreement);
  const issuedOn = todayOf(ctx);
  const last = terms?.lastTax ?? null;
  const figures =
    billable.length === 0
      ? null
      : await figuresOf(ctx, { number: number.text, issuedOn, orders, billable, last });
  if (figures === null) return false;
  await agreements.saveNextNumber(ctx.tx, { id: agreement.id, nextNumber: number.next });
  const by = found('user', statement.answeredBy);
  const entered = enteredAgain(figures);
  const { reference } = statement;
  const invoiceId = await sendInvoice(ctx, { source, reference, orders, entered, by });
  await noteInvoiced(ctx, { statement, invoiceId });
  const selfBilled: SelfBilledInvoice = {
    id: newId(),
    reference: number.text,
    agreementId: agreement.id,
    supplierId: statement.supplierId,
    orderId: found('purchase_order', billable[0]).orderId,
    receiptId: null,
    statementId,
    currency: statement.currency,
    figures,
    sha256: hashOf(figures),
    state: selfBilledInvoiceLifecycle.next('draft', 'issue'),
    revision: 1,
    answerBy: issuedOn,
    contested: [],
    remark: null,
    answer: null,
    invoiceId,
    createdAt: ctx.now,
    decidedBy: by,
    decidedAt: ctx.now,
    version: 1,
  };
  await insertSelfBilled(ctx.tx, selfBilled);
  const { sha256 } = selfBilled;
  await recordMove(ctx, 'issued', { from: 'draft', selfBilled, changes: { invoiceId, sha256 } });
  return true;
}

/**
 * Builds and sends the next statement of the month that is over for a supplier whose invoices we make by month, but
 * these; says which, or null when all are there.
 */
export async function stateNextMonth(ctx: Ctx, except: readonly string[]): Promise<string | null> {
  const month: Day = monthsBefore(todayOf(ctx), 1);
  const next = await findNextToState(ctx.tx, { month, except });
  if (next === undefined) return null;
  await buildAndSend(ctx, { ...next, month, by: next.proposedBy });
  return next.key;
}
