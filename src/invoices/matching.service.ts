import { recordAll } from '../audit/index.ts';
import { calendarAt } from '../catalog/index.ts';
import { assertMay } from '../identity/index.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { compareDecimals } from '../kernel/money.ts';
import { matchKindFor, type PolicyPlace, ruleFor } from '../kernel/scoped-policy.ts';
import { dayIn } from '../kernel/time.ts';
import { addWorkingDays } from '../kernel/working-days.ts';
import { findPlaceOf } from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findExpectedCharges } from './charges/billable-charges.service.ts';
import { findMatchedShares } from './four-way/inspected.queries.ts';
import { inspectionDifferences, isOfInspection } from './four-way/inspected.ts';
import { differencesFromPlan } from './instalments/instalment-invoice.service.ts';
import * as store from './invoice.store.ts';
import { acceptExceptions as accept, type Invoice, invoiceLifecycle, toDecideOn } from './invoice.ts';
import { findBillableLines } from './invoices.queries.ts';
import { findBehind, lockInvoice, personIn } from './invoices.service.ts';
import { type Difference, differencesOf } from './match.ts';
import {
  findExceptions,
  insertExceptions,
  resolveExceptions,
  resolveInspected,
} from './match-exception.store.ts';
import { actsFirstOn, type NewException } from './match-exception.ts';

/**
 * Matches a submitted or corrected invoice with order and receipt, line by line. Matched, it waits for
 * approval; with differences beyond tolerance it waits for whoever settles them. Any other invoice stays as it
 * is, so calling this again does nothing.
 * @throws AppError `invoice.not-found`
 */
export async function matchInvoice(ctx: Ctx, invoiceId: string): Promise<void> {
  const { invoice, order, orders } = await lockInvoice(ctx, { invoiceId });
  if (!invoiceLifecycle.may(invoice.state, 'match')) return;
  if (invoice.instalmentId !== null)
    return settleMatch(ctx, invoice, await differencesFromPlan(ctx, { invoice, order }));
  // All at once on one connection: a month's invoices come in one night.
  const [lines, billable, here, charges] = await Promise.all([
    store.findLines(ctx.tx, invoiceId),
    findBillableLines(ctx, { source: invoice, except: invoiceId }),
    findPlaceToMatchAt(ctx, order.id),
    findExpectedCharges(ctx, { orders, own: invoice.charges }),
  ]);
  const { matching } = ctx.policies;
  const off = differencesOf(
    { ...invoice, lines },
    {
      lines: billable.map((line) => ({ ...line, receivable: line.receiptOpen })),
      charges,
      tolerances: ruleFor(matching.tolerances, matching.scopes, here),
    },
  );
  if (matchKindFor(matching, here) !== 'four_way') return settleMatch(ctx, invoice, off);
  const shares = await findMatchedShares(ctx, invoiceId);
  const uninspected = inspectionDifferences(lines, { shares, currency: invoice.currency });
  await settleMatch(ctx, invoice, [...off, ...uninspected]);
}

/** Of whom and where an order is, in a house whose rules of matching ask for that. */
async function findPlaceToMatchAt(ctx: Ctx, orderId: string): Promise<PolicyPlace> {
  const { scopes, kindScopes } = ctx.policies.matching;
  if (scopes.length + kindScopes.length === 0) return { supplierReference: '', categoryCode: null };
  return found('purchase_order', await findPlaceOf(ctx, orderId));
}

/** Beginning, waiting for answers and committing is most of the time of one match by itself; of more, all would wait for the slowest. */
const TOGETHER = 40;

/**
 * Matches some of the invoices that wait, in one transaction and over one connection; what somebody else works on is left out. Gives
 * their ids: none when nothing waits.
 */
export async function matchWaiting(ctx: Ctx): Promise<string[]> {
  const ids = await store.lockWaitingToMatch(ctx.tx, TOGETHER);
  await Promise.all(ids.map((id) => matchInvoice(ctx, id)));
  return ids;
}

async function settleMatch(ctx: Ctx, invoice: Invoice, differences: readonly Difference[]): Promise<void> {
  if (differences.length > 0) return raiseExceptions(ctx, { invoice, differences });
  await saveMatched(ctx, {
    invoice,
    matched: { ...invoice, state: invoiceLifecycle.next(invoice.state, 'match') },
    action: 'invoice.matched',
    reason: null,
  });
}

/**
 * Lets an invoice go on that waited for an inspection: what was decided is settled, what failed is a difference of its own, and
 * with nothing left it is matched. One that does not wait stays as it is.
 * @throws AppError `invoice.not-found`
 */
export async function resumeInvoice(ctx: Ctx, invoiceId: string): Promise<void> {
  const { invoice } = await lockInvoice(ctx, { invoiceId });
  if (!invoiceLifecycle.may(invoice.state, 'resume')) return;
  const open = (await findExceptions(ctx.tx, invoiceId)).filter((one) => one.state === 'open');
  const lines = await store.findLines(ctx.tx, invoiceId);
  const shares = await findMatchedShares(ctx, invoiceId);
  const left = inspectionDifferences(lines, { shares, currency: invoice.currency });
  const isSame = (one: Compared, other: Compared): boolean =>
    one.kind === other.kind &&
    one.poLineId === other.poLineId &&
    compareDecimals(one.expected, other.expected) === 0;
  const decided = open.filter((one) => isOfInspection(one.kind) && !left.some((other) => isSame(one, other)));
  if (decided.length === 0) return;
  await resolveInspected(ctx.tx, { ids: decided.map((one) => one.id), at: ctx.now });
  const differences = left.filter((one) => !open.some((other) => isSame(one, other)));
  if (differences.length > 0) return raiseExceptions(ctx, { invoice, differences });
  if (open.length > decided.length) return;
  await saveMatched(ctx, {
    invoice,
    matched: { ...invoice, state: invoiceLifecycle.next(invoice.state, 'resume') },
    action: 'invoice.matched',
    reason: null,
  });
}

type Compared = Pick<Difference, 'kind' | 'poLineId' | 'expected'>;

async function raiseExceptions(
  ctx: Ctx,
  of: { invoice: Invoice; differences: readonly Difference[] },
): Promise<void> {
  const { invoice } = of;
  const { matching, company } = ctx.policies;
  const today = dayIn(ctx.now, company.timeZone);
  const dueOn = addWorkingDays(today, matching.exceptionDueDays, await calendarAt(ctx, null));
  const exceptions = of.differences.map(
    (difference): NewException => ({
      ...difference,
      id: newId(),
      actsNext: actsFirstOn(difference.kind),
      dueOn,
    }),
  );
  // What an inspection found is one more difference of an invoice that waits already.
  const state = invoice.state === 'exception' ? invoice.state : invoiceLifecycle.next(invoice.state, 'query');
  await insertExceptions(ctx.tx, {
    invoiceId: invoice.id,
    version: invoice.currentVersion,
    exceptions,
    at: ctx.now,
  });
  await store.saveInvoice(ctx.tx, { ...invoice, state });
  await recordAll(ctx, [
    {
      action: 'invoice.exception-raised',
      subject: { type: 'invoice', id: invoice.id },
      supplierId: invoice.supplierId,
      from: invoice.state,
      to: state,
      changes: {
        reference: invoice.reference,
        version: invoice.currentVersion,
        kinds: exceptions.map((exception) => exception.kind),
        dueOn,
      },
    },
  ]);
}

/**
 * A buyer takes the differences of an invoice as they are, and says why.
 * @throws AppError `invoice.not-found`, `invoice.changed-meanwhile`, `invoice.cannot-accept`,
 * `invoice.accepted-by-own-submitter`, `invoice.sums-not-acceptable`
 */
export async function acceptExceptions(
  ctx: Ctx,
  of: { invoiceId: string; version: number; reason: string },
): Promise<void> {
  const { invoice, orders } = await lockInvoice(ctx, of);
  assertMay(ctx, 'invoice.accept', toDecideOn(invoice, orders, await findBehind(ctx, invoice, orders)));
  const open = (await findExceptions(ctx.tx, invoice.id)).filter((one) => one.state === 'open');
  const by = personIn(ctx);
  const accepted = accept(invoice, { userId: by, kinds: open.map((one) => one.kind) });
  await resolveExceptions(ctx.tx, {
    invoiceId: invoice.id,
    how: 'accepted',
    reason: of.reason,
    by,
    at: ctx.now,
  });
  await saveMatched(ctx, {
    invoice,
    matched: accepted,
    action: 'invoice.exception-accepted',
    reason: of.reason,
  });
}

/** Saves an invoice that is matched now and asks for its approval: two moves, two rows in the record. */
async function saveMatched(
  ctx: Ctx,
  of: { invoice: Invoice; matched: Invoice; action: string; reason: string | null },
): Promise<void> {
  const { invoice, matched } = of;
  const waiting = { ...matched, state: invoiceLifecycle.next(matched.state, 'ask-approval') };
  await store.saveInvoice(ctx.tx, waiting);
  const subject = { type: 'invoice', id: invoice.id };
  const { supplierId } = invoice;
  const changes = { reference: invoice.reference, version: invoice.currentVersion };
  await recordAll(ctx, [
    {
      action: of.action,
      subject,
      supplierId,
      from: invoice.state,
      to: matched.state,
      reason: of.reason,
      changes,
    },
    {
      action: 'invoice.approval-requested',
      subject,
      supplierId,
      from: matched.state,
      to: waiting.state,
      changes,
    },
  ]);
}
