import { record, recordAll } from '../../audit/index.ts';
import { calendarAt } from '../../catalog/index.ts';
import { attachUploads } from '../../documents/index.ts';
import { assertMay } from '../../identity/index.ts';
import { conflict, found } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import type { DecimalString } from '../../kernel/money.ts';
import { addArrived, findOrderLines, lockOrder } from '../../orders/index.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { nextReference } from '../../platform/db/reference.ts';
import { placesOf } from '../../platform/db/scope.ts';
import type { UploadedFile } from '../../platform/web/uploads.ts';
import { findUnderWay } from '../despatch-advice.store.ts';
import { findReceiptById } from '../goods-receipt.store.ts';
import * as store from './nonconformance.store.ts';
import {
  type AnswerStep,
  answerStep,
  assertWasReceived,
  type CorrectiveAction,
  close,
  dueAfter,
  moveOn,
  type Nonconformance,
  nonconformanceLifecycle,
  type QualityTimes,
  remind,
  returnable,
  whoActs,
} from './nonconformance.ts';
import { findReceivedOfLine } from './nonconformances.queries.ts';

const timesAt = async (ctx: Ctx, plantCode: string): Promise<QualityTimes> => ({
  days: ctx.policies.quality.answerWorkingDays,
  calendar: await calendarAt(ctx, plantCode),
  timeZone: ctx.policies.company.timeZone,
});

/** What somebody says of goods that were not as they should be. */
export type Finding = Pick<
  Nonconformance,
  'poLineId' | 'quantity' | 'defect' | 'severity' | 'needs8d' | 'disposition' | 'claim' | 'claimAmount'
>;
type OfReceipt = Pick<Nonconformance, 'supplierId' | 'plantCode' | 'orderId' | 'receiptId'>;

/** Opens a nonconformance for each line that was rejected as it came, and sends it to the supplier. */
export async function openForRejected(
  ctx: Ctx,
  receipt: OfReceipt,
  rejected: readonly { poLineId: string; quantity: DecimalString; reason: string }[],
): Promise<void> {
  const findings = rejected.map(
    ({ poLineId, quantity, reason }): Finding => ({
      poLineId,
      quantity,
      defect: reason,
      severity: 'major',
      needs8d: true,
      disposition: 'return',
      claim: 'replacement',
      claimAmount: null,
    }),
  );
  await open(ctx, receipt, { findings, found: 'at_receipt', returned: new Map() });
}

/**
 * Says that goods of a receipt, which had been taken, are not as they should be. What goes back and is not invoiced
 * yet counts as received no more, so that it can be delivered again. Gives the nonconformance's id.
 * @throws AppError `goods_receipt.not-found`, `po_line.not-found`, `nonconformance.more-than-received`
 */
export async function reportNonconformance(ctx: Ctx, of: Finding & { receiptId: string }): Promise<string> {
  const scope = { id: of.receiptId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  const receipt = found('goods_receipt', await findReceiptById(ctx.tx, scope));
  await lockOrder(ctx, receipt.orderId);
  const received = found('po_line', await findReceivedOfLine(ctx, of));
  assertWasReceived(of.quantity, received);
  const lines = await findOrderLines(ctx, receipt.orderId);
  const line = found(
    'po_line',
    lines.find((one) => one.id === of.poLineId),
  );
  const returned = of.disposition === 'return' ? returnable(of.quantity, line) : '0';
  if (returned !== '0') {
    const underWay = await findUnderWay(ctx.tx, { orderId: receipt.orderId, withoutDespatchId: null });
    await addArrived(ctx, receipt.orderId, [
      { poLineId: line.id, quantity: `-${returned}`, underWayQuantity: underWay.get(line.id) ?? '0' },
    ]);
  }
  const [id] = await open(
    ctx,
    { ...receipt, receiptId: receipt.id },
    { findings: [of], found: 'afterwards', returned: new Map([[of.poLineId, returned]]) },
  );
  return found('nonconformance', id);
}

async function open(
  ctx: Ctx,
  receipt: OfReceipt,
  of: {
    findings: readonly Finding[];
    found: Nonconformance['found'];
    returned: ReadonlyMap<string, DecimalString>;
  },
): Promise<string[]> {
  const times = await timesAt(ctx, receipt.plantCode);
  const state = nonconformanceLifecycle.next(nonconformanceLifecycle.initial, 'send');
  const opened: Nonconformance[] = [];
  for (const finding of of.findings)
    opened.push({
      id: newId(),
      // Numbers are given one after the other.
      reference: await nextReference(ctx.tx, 'NCR', ctx.now),
      supplierId: receipt.supplierId,
      plantCode: receipt.plantCode,
      orderId: receipt.orderId,
      receiptId: receipt.receiptId,
      poLineId: finding.poLineId,
      quantity: finding.quantity,
      found: of.found,
      defect: finding.defect,
      severity: finding.severity,
      needs8d: finding.needs8d,
      disposition: finding.disposition,
      claim: finding.claim,
      claimAmount: finding.claimAmount,
      returnedQuantity: of.returned.get(finding.poLineId) ?? '0',
      state,
      dueAt: dueAfter(state, ctx.now, times),
      remindedAt: null,
      openedBy: found('user', ctx.actor.userId),
      openedAt: ctx.now,
      closedBy: null,
      closedAt: null,
      closingNote: null,
      version: 1,
    });
  await store.insertNonconformances(ctx.tx, opened);
  await recordAll(
    ctx,
    opened.map((one) => ({
      action: 'nonconformance.sent',
      subject: { type: 'nonconformance', id: one.id },
      supplierId: one.supplierId,
      from: nonconformanceLifecycle.initial,
      to: one.state,
      reason: one.defect,
      changes: {
        reference: one.reference,
        orderId: one.orderId,
        receiptId: one.receiptId,
        quantity: one.quantity,
        severity: one.severity,
        claim: one.claim,
      },
    })),
  );
  return opened.map((one) => one.id);
}

type Named = { readonly nonconformanceId: string; readonly version: number };

/**
 * The supplier's answer to the next step, with its evidence.
 * @throws AppError `nonconformance.not-found`, `nonconformance.changed-meanwhile`, what {@link answerStep} and
 * `attachUploads` throw
 */
export async function answerNonconformance(
  ctx: Ctx,
  of: Named & { step: AnswerStep; body: string; files: readonly UploadedFile[] },
): Promise<void> {
  const before = await lock(ctx, of);
  const answers = await store.findAnswers(ctx.tx, before.id);
  const times = await timesAt(ctx, before.plantCode);
  const after = answerStep(before, answers, { step: of.step, at: ctx.now, times });
  await insert(ctx, after, of.step, of.body);
  if (of.files.length > 0)
    await attachUploads(ctx, {
      subject: { type: 'nonconformance', id: before.id },
      visibility: 'supplier',
      supplierId: before.supplierId,
      files: of.files,
    });
  await save(ctx, { before, after, action: 'nonconformance.answered', changes: { step: of.step } });
}

/**
 * Gives the newest answer back: the same step is asked for again.
 * @throws AppError `nonconformance.not-found`, `nonconformance.changed-meanwhile`, and what {@link assertMay} throws
 */
export async function returnAnswer(ctx: Ctx, of: Named & { reason: string }): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'nonconformance.return', { state: before.state });
  const answers = await store.findAnswers(ctx.tx, before.id);
  const given = answers.filter((one) => one.returnedAt === null);
  const last = found('corrective_action', given.at(-1));
  const after = moveOn(before, 'return', { at: ctx.now, times: await timesAt(ctx, before.plantCode) });
  const back = { returnedBy: found('user', ctx.actor.userId), returnedAt: ctx.now, returnReason: of.reason };
  await store.saveReturned(ctx.tx, { ...last, ...back });
  // What was verified is the change itself: that is what is asked for again.
  const cause = last.step === 'verification' ? given.at(-2) : undefined;
  if (cause !== undefined) await store.saveReturned(ctx.tx, { ...cause, ...back });
  await save(ctx, {
    before,
    after,
    action: 'nonconformance.returned',
    reason: of.reason,
    changes: { step: (cause ?? last).step, returnReason: of.reason },
  });
}

/**
 * We say how it was seen that the change helps.
 * @throws AppError `nonconformance.not-found`, `nonconformance.changed-meanwhile`, and what {@link assertMay} throws
 */
export async function verifyNonconformance(ctx: Ctx, of: Named & { body: string }): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'nonconformance.verify', { state: before.state });
  const after = moveOn(before, 'verify', { at: ctx.now, times: await timesAt(ctx, before.plantCode) });
  await insert(ctx, after, 'verification', of.body);
  await save(ctx, { before, after, action: 'nonconformance.verified' });
}

/**
 * @throws AppError `nonconformance.not-found`, `nonconformance.changed-meanwhile`, `nonconformance.needs-its-8d`, and
 * what {@link assertMay} throws
 */
export async function closeNonconformance(ctx: Ctx, of: Named & { note: string }): Promise<void> {
  const before = await lock(ctx, of);
  const act = before.state === 'verification' ? 'close' : 'settle';
  if (act === 'settle' && before.needs8d) close(before, { userId: '', at: ctx.now, note: '' });
  assertMay(ctx, `nonconformance.${act}`, { state: before.state });
  const after = close(before, { userId: found('user', ctx.actor.userId), at: ctx.now, note: of.note });
  await save(ctx, {
    before,
    after,
    action: 'nonconformance.closed',
    reason: of.note === '' ? null : of.note,
  });
}

/** Reminds who is late, once a step; gives how many were. */
export async function remindOfNonconformances(ctx: Ctx, limit: number): Promise<number> {
  const late = await store.lockLate(ctx.tx, ctx.now, limit);
  for (const before of late) {
    const after = remind(before, ctx.now);
    if (after === null) continue;
    await save(ctx, { before, after, action: 'nonconformance.reminded', changes: { turn: whoActs(after) } });
  }
  return late.length;
}

async function lock(ctx: Ctx, of: Named): Promise<Nonconformance> {
  const one = found(
    'nonconformance',
    await store.lockNonconformance(ctx.tx, {
      id: of.nonconformanceId,
      supplierId: ctx.actor.supplierId,
      ...placesOf(ctx.actor),
    }),
  );
  if (one.version !== of.version)
    throw conflict('nonconformance.changed-meanwhile', 'Somebody acted on it meanwhile');
  return one;
}

const insert = (ctx: Ctx, of: Nonconformance, step: CorrectiveAction['step'], body: string): Promise<void> =>
  store.insertAnswer(ctx.tx, {
    id: newId(),
    nonconformanceId: of.id,
    supplierId: of.supplierId,
    step,
    body,
    writtenBy: found('user', ctx.actor.userId),
    writtenAt: ctx.now,
    returnedBy: null,
    returnedAt: null,
    returnReason: null,
  });

async function save(
  ctx: Ctx,
  of: {
    before: Nonconformance;
    after: Nonconformance;
    action: string;
    reason?: string | null;
    changes?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { before, after } = of;
  await store.saveNonconformance(ctx.tx, after);
  await record(ctx, {
    action: of.action,
    subject: { type: 'nonconformance', id: after.id },
    supplierId: after.supplierId,
    from: before.state,
    to: after.state,
    reason: of.reason ?? null,
    changes: { reference: after.reference, ...of.changes },
  });
}
