import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  answerTimes,
  assertTermsFree,
  assertWithinAgreement,
  discussedLines,
  lockAsSeen,
  newChange,
  nextNo,
  personIn,
  recordChange,
} from './change-order.service.ts';
import * as store from './change-order.store.ts';
import type { ChangeOrder } from './change-order.ts';
import { type TermsChange, termsChangeOf } from './changed-terms.ts';
import type { OrderLine } from './fulfilment.ts';
import type { Charge } from './order-charges.ts';
import {
  type AnsweredLine,
  answerDueFrom,
  answerLines,
  isWithin,
  type LineAnswer,
  passTime,
  type ResponseTolerances,
  responseCode,
  tolerancesFor,
} from './order-response.ts';
import { findPlaceOf } from './orders.queries.ts';
import { findOrderLines, lockOrder } from './orders.service.ts';
import { saveOrder } from './purchase-order.store.ts';
import { acknowledge, assertRunning, type PurchaseOrder } from './purchase-order.ts';

const DUE_AT_ONCE = 200;

/**
 * The supplier's answer by line. What it accepts stands; each other line becomes a proposal, of which the house rules
 * take small ones by themselves, once a line; the rest waits for the buyer. The first answer acknowledges the order.
 * @throws AppError what `lockAsSeen` and `answerLines` throw, `purchase_order.is-closed`
 */
export async function answerOrder(
  ctx: Ctx,
  of: {
    orderId: string;
    version: number;
    note: string;
    lines: readonly LineAnswer[];
    /** What it would charge beside what the order says. */
    charges?: readonly Charge[];
    chargesReason?: string;
  },
): Promise<void> {
  const order = await lockAsSeen(ctx, of);
  assertRunning(order);
  const earlier = await store.findChanges(ctx.tx, order.id);
  const ordered = await findOrderLines(ctx, order.id);
  const answered = answerLines(ordered, of.lines, discussedLines(earlier));
  const terms = chargesAskedFor(order, { ...of, earlier, ordered });
  const code = responseCode(of.lines, { asksForCharges: terms !== null });
  const userId = personIn(ctx);
  await store.insertAnswer(ctx.tx, {
    id: newId(),
    orderId: order.id,
    version: order.currentVersion,
    code,
    note: of.note,
    userId,
    at: ctx.now,
    answers: of.lines,
  });
  const dueAt = answerDueFrom(ctx.now, await answerTimes(ctx));
  const tolerances = tolerancesFor(
    ctx.policies.orderResponse,
    found('purchase_order', await findPlaceOf(ctx, order.id)),
  );
  const byLine = proposalsOf(ctx, order, { answered, earlier, dueAt, tolerances });
  const proposals = [
    ...byLine,
    ...(terms === null
      ? []
      : [
          newChange(ctx, order, {
            changeNo: nextNo(earlier) + byLine.length,
            kind: 'change',
            lines: [],
            terms,
            reason: of.chargesReason ?? '',
            dueAt,
            // Nobody pays more by rule.
            isTolerated: false,
          }),
        ]),
  ];
  await assertWithinAgreement(ctx, order, proposals);
  if (proposals.length > 0) await store.insertChanges(ctx.tx, proposals);
  await store.saveResponses(ctx.tx, answered.map(responseTo));
  const isFirst = order.state === 'sent';
  const after = isFirst ? acknowledge(order, { userId, at: ctx.now }) : order;
  await saveOrder(ctx.tx, after);
  await record(ctx, {
    action: 'purchase_order.answered',
    subject: { type: 'purchase_order', id: order.id },
    supplierId: order.supplierId,
    ...(isFirst ? { from: order.state, to: after.state } : {}),
    reason: of.note || null,
    changes: {
      reference: order.reference,
      code,
      changeIds: proposals.map((change) => change.id),
      tolerated: proposals.filter((change) => change.isTolerated).map((change) => change.id),
      // What was taken by rule can be judged by the rule of that day.
      ...(proposals.some((change) => change.isTolerated) ? { tolerances } : {}),
    },
  });
}

/**
 * The charges that a supplier asks for, beside those of the order.
 * @throws AppError `order_response.charges-reason-missing`, `change_order.terms-under-discussion`, what `termsChangeOf` throws
 */
function chargesAskedFor(
  order: PurchaseOrder,
  of: {
    charges?: readonly Charge[];
    chargesReason?: string;
    earlier: readonly ChangeOrder[];
    ordered: readonly OrderLine[];
  },
): TermsChange | null {
  const { charges = [], chargesReason = '' } = of;
  if (charges.length === 0) return null;
  if (chargesReason === '') throw ruleBroken('order_response.charges-reason-missing', 'Say why');
  assertTermsFree(of.earlier);
  return termsChangeOf(order, {
    lines: of.ordered,
    after: { charges: [...order.charges, ...charges], taxRate: order.taxRate },
  });
}

function proposalsOf(
  ctx: Ctx,
  order: PurchaseOrder,
  of: {
    answered: readonly AnsweredLine[];
    earlier: readonly ChangeOrder[];
    dueAt: Date;
    tolerances: ResponseTolerances;
  },
): ChangeOrder[] {
  // Small steps, each taken by itself, would add up to a large one that nobody has seen.
  const toleratedBefore = new Set(
    of.earlier
      .filter((change) => change.isTolerated)
      .flatMap((change) => change.lines.map((line) => line.poLineId)),
  );
  return of.answered
    .flatMap(({ answer, change }) => (change === null ? [] : [{ answer, change }]))
    .map(({ answer, change }, index) =>
      newChange(ctx, order, {
        changeNo: nextNo(of.earlier) + index,
        kind: change.code === '7' ? 'cancellation' : 'change',
        lines: [change],
        terms: null,
        reason: answer.reason,
        dueAt: of.dueAt,
        isTolerated: !toleratedBefore.has(change.poLineId) && isWithin(change, of.tolerances),
      }),
    );
}

const RESPONSE = { '5': 'accepted', '3': 'proposed', '7': 'rejected' } as const;
const responseTo = ({ answer }: AnsweredLine) => ({
  poLineId: answer.poLineId,
  response: RESPONSE[answer.code],
});

/**
 * Where an answer is due, to an order or to a change: reminds whose turn it is, then takes it to the buyer. Silence
 * never means yes. Safe to repeat.
 */
export async function passTimeOnAnswers(ctx: Ctx): Promise<void> {
  const times = await answerTimes(ctx);
  for (const waiting of await store.lockUnanswered(ctx.tx, ctx.now, DUE_AT_ONCE)) {
    const did = passTime({ ...waiting, dueAt: answerDueFrom(waiting.sentAt, times) }, ctx.now, times);
    if (did === 'nothing') continue;
    await store.saveReminder(ctx.tx, {
      orderId: waiting.id,
      remindedAt: waiting.remindedAt ?? ctx.now,
      escalatedAt: did === 'escalate' ? ctx.now : null,
    });
    const order = await lockOrder(ctx, waiting.id);
    await record(ctx, {
      action: did === 'remind' ? 'purchase_order.answer-reminded' : 'purchase_order.answer-escalated',
      subject: { type: 'purchase_order', id: order.id },
      supplierId: order.supplierId,
      changes: { reference: order.reference },
    });
  }
  for (const change of await store.findDueChanges(ctx.tx, ctx.now, DUE_AT_ONCE)) {
    // The order first, like every act, so that two never wait for each other.
    const order = await lockOrder(ctx, change.orderId);
    const held = await store.lockChange(ctx.tx, { id: change.id, orderId: order.id });
    if (held !== undefined) await passTimeOnChange(ctx, order, held);
  }
}

async function passTimeOnChange(ctx: Ctx, order: PurchaseOrder, change: ChangeOrder): Promise<void> {
  const { dueAt, remindedAt, escalatedAt } = change;
  if (dueAt === null) return;
  const did = passTime({ dueAt, remindedAt, escalatedAt }, ctx.now, await answerTimes(ctx));
  if (did === 'nothing') return;
  await store.saveChange(ctx.tx, {
    ...change,
    remindedAt: remindedAt ?? ctx.now,
    escalatedAt: did === 'escalate' ? ctx.now : null,
  });
  const action = did === 'remind' ? 'change-reminded' : 'change-escalated';
  await recordChange(ctx, order, { action, change, reason: null });
}
