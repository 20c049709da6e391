import { record } from '../../audit/index.ts';
import { found } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import type { Invoice } from '../invoice.ts';
import * as store from './statement.store.ts';
import { type Statement, statementLifecycle } from './statement.ts';

const scopeOf = (ctx: Ctx, id: string) => ({ id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) });

/** @throws AppError `statement.not-found`, `statement.cannot-invoice` */
export async function findStatementToInvoice(ctx: Ctx, id: string): Promise<Statement> {
  const statement = found('statement', await store.findStatement(ctx.tx, scopeOf(ctx, id)));
  statementLifecycle.next(statement.state, 'invoice');
  return statement;
}

/** @throws AppError `statement.not-found`, `statement.cannot-invoice` */
export async function lockStatementToInvoice(ctx: Ctx, id: string): Promise<Statement> {
  const statement = found('statement', await store.lockStatement(ctx.tx, scopeOf(ctx, id)));
  statementLifecycle.next(statement.state, 'invoice');
  return statement;
}

/** Notes that the supplier has invoiced what was agreed. */
export const noteInvoiced = (ctx: Ctx, of: { statement: Statement; invoiceId: string }): Promise<void> =>
  move(ctx, of.statement, { act: 'invoice', action: 'statement.invoiced', invoiceId: of.invoiceId });

/** What an invoice was for can be invoiced again once it is refused. */
export async function releaseStatement(
  ctx: Ctx,
  invoice: Pick<Invoice, 'id' | 'statementId'>,
): Promise<void> {
  for (const statement of invoice.statementId === null
    ? []
    : await store.lockStatementsOf(ctx.tx, [invoice.id]))
    await move(ctx, statement, { act: 'release', action: 'statement.released', invoiceId: invoice.id });
}

/** A statement is settled with its invoice. */
export async function settleStatements(ctx: Ctx, invoiceIds: readonly string[]): Promise<void> {
  for (const statement of await store.lockStatementsOf(ctx.tx, invoiceIds))
    await move(ctx, statement, {
      act: 'settle',
      action: 'statement.settled',
      invoiceId: statement.invoiceId,
    });
}

async function move(
  ctx: Ctx,
  before: Statement,
  of: { act: 'invoice' | 'release' | 'settle'; action: string; invoiceId: string },
): Promise<void> {
  const after = { ...before, state: statementLifecycle.next(before.state, of.act) };
  await store.saveStatement(ctx.tx, after);
  await record(ctx, {
    action: of.action,
    subject: { type: 'statement', id: before.id },
    supplierId: before.supplierId,
    from: before.state,
    to: after.state,
    changes: { reference: before.reference, invoiceId: of.invoiceId },
  });
}
