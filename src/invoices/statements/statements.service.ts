import { record } from '../../audit/index.ts';
import { assertMay } from '../../identity/index.ts';
import { conflict, found, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { trimDecimal } from '../../kernel/money.ts';
import { type Day, dayIn, nextMonth } from '../../kernel/time.ts';
import { canonicalJson } from '../../platform/crypto/canonical-json.ts';
import { sha256Hex } from '../../platform/crypto/key-ring.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { nextReference } from '../../platform/db/reference.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { personIn } from '../invoices.service.ts';
import * as store from './statement.store.ts';
import {
  confirm,
  type Dispute,
  dispute,
  type FoundLine,
  linesOf,
  reviseLines,
  type Statement,
  type StatementLine,
  send,
  statementLifecycle,
  sumsOf,
} from './statement.ts';
import { findReceived, type StatementOf } from './statements.queries.ts';

/**
 * Builds the statements of a month, each as a draft of what was received and is not invoiced, and of what was invoiced in
 * it. Gives their ids.
 * @throws AppError `statement.month-to-come`, `statement.is-empty` for one without a line, `statement.is-built`
 */
export async function buildStatements(
  ctx: Ctx,
  of: { month: Day; which: readonly StatementOf[] },
): Promise<string[]> {
  if (of.month > dayIn(ctx.now, ctx.policies.company.timeZone))
    throw ruleBroken('statement.month-to-come', 'A month is stated once it has begun');
  const ids: string[] = [];
  // Numbers are given one after the other.
  const by = personIn(ctx);
  for (const which of of.which) ids.push((await build(ctx, { ...which, month: of.month, by })).id);
  return ids;
}

/**
 * Builds one and sends it whole, in the name of somebody: what we state by ourselves because both agreed to that. Where all
 * of it stands in another statement already there is none.
 */
export async function buildAndSend(ctx: Ctx, of: StatementOf & { month: Day; by: string }): Promise<void> {
  if ((await findLines(ctx, { ...of, except: null })).length === 0) return;
  const statement = await build(ctx, of);
  await saveSent(ctx, statement, await store.findStatementLines(ctx.tx, statement.id));
}

async function build(ctx: Ctx, of: StatementOf & { month: Day; by: string }): Promise<Statement> {
  await store.holdMonth(ctx.tx, of);
  if (await store.isBuilt(ctx.tx, of))
    throw conflict('statement.is-built', 'Somebody built it meanwhile', { month: of.month.slice(0, 7) });
  const lines = await findLines(ctx, { ...of, except: null });
  if (lines.length === 0) throw ruleBroken('statement.is-empty', 'A statement has at least one line');
  const statement: Statement = {
    id: newId(),
    reference: await nextReference(ctx.tx, 'STM', ctx.now),
    supplierId: of.supplierId,
    plantCode: of.plantCode,
    month: of.month,
    currency: of.currency,
    state: statementLifecycle.initial,
    revision: 0,
    createdBy: of.by,
    createdAt: ctx.now,
    sentAt: null,
    answeredBy: null,
    answeredAt: null,
    remark: null,
    version: 1,
  };
  await store.insertStatement(ctx.tx, statement);
  await store.replaceLines(ctx.tx, {
    statementId: statement.id,
    lines: lines.map((line) => ({ ...line, isLeftOut: false, dispute: null, answer: null })),
  });
  // Whoever does not see all of it does not build it.
  found('plant', await store.findStatement(ctx.tx, scopeOf(ctx, statement.id)));
  await recordStatement(ctx, 'statement.built', {
    from: null,
    statement,
    changes: { month: of.month, lines: lines.length },
  });
  return statement;
}

/** What belongs in a statement as receipts, orders and invoices stand now. */
export const findLines = async (
  ctx: Ctx,
  of: StatementOf & { month: Day; except: string | null },
): Promise<FoundLine[]> =>
  linesOf(
    await findReceived(ctx, {
      supplierId: of.supplierId,
      plantCode: of.plantCode,
      currency: of.currency,
      from: of.month,
      before: nextMonth(of.month),
      except: of.except,
    }),
    of.currency,
  );

/** The statement, and the state of it that was in front of the one who acts. */
type Named = { readonly statementId: string; readonly version: number };

/**
 * Sends a draft to its supplier, without what is left for the next month.
 * @throws AppError `statement.not-found`, `statement.changed-meanwhile`, `statement.is-empty`, and what
 * {@link assertMay} throws
 */
export async function sendStatement(ctx: Ctx, of: Named & { leftOut: ReadonlySet<string> }): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'statement.send', before);
  const lines = (await store.findStatementLines(ctx.tx, before.id)).map((line) => ({
    ...line,
    isLeftOut: line.kind === 'to_invoice' && of.leftOut.has(line.id),
  }));
  await store.saveLines(ctx.tx, lines);
  await saveSent(ctx, before, lines);
}

/**
 * Builds the lines of a draft anew, from what receipts and orders are now.
 * @throws AppError `statement.not-found`, `statement.changed-meanwhile`, `statement.is-empty`, and what
 * {@link assertMay} throws
 */
export async function rebuildStatement(ctx: Ctx, of: Named): Promise<void> {
  const statement = await lock(ctx, of);
  assertMay(ctx, 'statement.rebuild', statement);
  const now = await findLines(ctx, { ...statement, except: statement.id });
  if (now.length === 0) throw ruleBroken('statement.is-empty', 'A statement has at least one line');
  const lines = now.map((line) => ({ ...line, isLeftOut: false, dispute: null, answer: null }));
  await store.replaceLines(ctx.tx, { statementId: statement.id, lines });
  await store.saveStatement(ctx.tx, statement);
  await recordStatement(ctx, 'statement.built', {
    from: statement.state,
    statement,
    changes: { month: statement.month, lines: lines.length },
  });
}

/**
 * Answers what the supplier disputed: the lines are built anew from receipts and orders, and go to it again.
 * @throws AppError `statement.not-found`, `statement.changed-meanwhile`, `statement.is-empty`, and what
 * {@link assertMay} throws
 */
export async function reviseStatement(
  ctx: Ctx,
  of: Named & { leftOut: ReadonlySet<string>; answers: ReadonlyMap<string, string> },
): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'statement.revise', before);
  const revised = { ...before, state: statementLifecycle.next(before.state, 'revise') };
  const earlier = await store.findStatementLines(ctx.tx, before.id);
  const now = await findLines(ctx, { ...before, except: before.id });
  const lines = reviseLines(earlier, now, of);
  await store.replaceLines(ctx.tx, { statementId: before.id, lines });
  await recordStatement(ctx, 'statement.revised', {
    from: before.state,
    statement: revised,
    changes: {
      answers: lines.flatMap(({ lineNo, answer }) => (answer === null ? [] : [{ lineNo, answer }])),
    },
  });
  await saveSent(ctx, revised, lines);
}

async function saveSent(
  ctx: Ctx,
  before: Statement,
  lines: readonly Omit<StatementLine, 'id'>[],
): Promise<void> {
  const statement = send(before, lines, ctx.now);
  await store.saveStatement(ctx.tx, statement);
  await recordStatement(ctx, 'statement.sent', {
    from: before.state,
    statement,
    changes: {
      revision: statement.revision,
      ...sumsOf(lines, statement.currency),
      sha256: hashOf(lines),
    },
  });
}

/** What was agreed: the lines as they were looked at. */
const hashOf = (lines: readonly Omit<StatementLine, 'id'>[]): string =>
  sha256Hex(
    canonicalJson(
      lines
        .filter((line) => !line.isLeftOut)
        .map(({ kind, receiptId, poLineId, invoiceId, quantity, unitPrice, amount }) => ({
          kind,
          receiptId,
          poLineId,
          invoiceId,
          quantity: trimDecimal(quantity),
          unitPrice: trimDecimal(unitPrice),
          amount: trimDecimal(amount),
        })),
    ),
  );

/**
 * The supplier agrees; it can be invoiced now.
 * @throws AppError `statement.not-found`, `statement.changed-meanwhile`, and what {@link assertMay} throws
 */
export async function confirmStatement(ctx: Ctx, of: Named): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'statement.confirm', before);
  const statement = confirm(before, { userId: personIn(ctx), at: ctx.now });
  await store.saveStatement(ctx.tx, statement);
  const lines = await store.findStatementLines(ctx.tx, before.id);
  await recordStatement(ctx, 'statement.confirmed', {
    from: before.state,
    statement,
    changes: { revision: statement.revision, sha256: hashOf(lines) },
  });
}

/**
 * The supplier does not agree, and says of which lines and why.
 * @throws AppError `statement.not-found`, `statement.changed-meanwhile`, `statement.dispute-says-nothing`,
 * `statement_line.not-found`, and what {@link assertMay} throws
 */
export async function disputeStatement(ctx: Ctx, of: Named & Dispute): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'statement.dispute', before);
  const lines = await store.findStatementLines(ctx.tx, before.id);
  const by = { userId: personIn(ctx), at: ctx.now, reasons: of.reasons, remark: of.remark };
  const disputed = dispute({ statement: before, lines }, by);
  await store.saveLines(ctx.tx, disputed.lines);
  await store.saveStatement(ctx.tx, disputed.statement);
  await recordStatement(ctx, 'statement.disputed', {
    from: before.state,
    statement: disputed.statement,
    reason: of.remark,
    changes: {
      lines: disputed.lines.flatMap(({ lineNo, dispute: why }) => (why === null ? [] : [{ lineNo, why }])),
    },
  });
}

const scopeOf = (ctx: Ctx, id: string) => ({ id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) });

async function lock(ctx: Ctx, of: Named): Promise<Statement> {
  const statement = found('statement', await store.lockStatement(ctx.tx, scopeOf(ctx, of.statementId)));
  if (statement.version !== of.version)
    throw conflict('statement.changed-meanwhile', 'Somebody acted on it meanwhile', {
      reference: statement.reference,
    });
  return statement;
}

const recordStatement = (
  ctx: Ctx,
  action: string,
  of: {
    from: string | null;
    statement: Statement;
    reason?: string | null;
    changes?: Readonly<Record<string, unknown>>;
  },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'statement', id: of.statement.id },
    // A draft is not the supplier's to know of.
    supplierId: of.statement.state === 'draft' ? null : of.statement.supplierId,
    ...(of.from === null ? {} : { from: of.from }),
    to: of.statement.state,
    reason: of.reason ?? null,
    changes: { reference: of.statement.reference, ...of.changes },
  });
