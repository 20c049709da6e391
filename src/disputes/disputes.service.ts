import { record } from '../audit/index.ts';
import { calendarAt } from '../catalog/index.ts';
import { assertMay } from '../identity/index.ts';
import { conflict, found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { placesOf } from '../platform/db/scope.ts';
import * as store from './dispute.store.ts';
import {
  accept,
  acknowledge,
  answer,
  type Dispute,
  type DisputedType,
  type DisputeTimes,
  type DisputeTopic,
  decideOn,
  escalate,
  openDispute,
  passTime,
  propose,
  refuse,
  type Side,
  withdraw,
} from './dispute.ts';
import { findDocument } from './documents.service.ts';
import { insertMessage } from './message.store.ts';
import type { MessageKind } from './message.ts';
import { typesReadBy } from './readable-types.ts';

const DUE_AT_ONCE = 200;

export const timesOf = async (ctx: Ctx): Promise<DisputeTimes> => ({
  answerWorkingDays: ctx.policies.disputes.answerWorkingDays,
  calendar: await calendarAt(ctx, null),
  timeZone: ctx.policies.company.timeZone,
});

/** The side the actor speaks for. */
export const sideOf = ({ actor }: Pick<Ctx, 'actor'>): Side =>
  actor.kind === 'supplier' ? 'supplier' : 'buyer';

const personIn = ({ actor }: Pick<Ctx, 'actor'>): string => found('user', actor.userId);

/**
 * Opens a dispute about a document the actor may see. The other side is told, and has until the due time.
 * @throws AppError what `findDocument` throws
 */
export async function startDispute(
  ctx: Ctx,
  of: { type: DisputedType; id: string; topic: DisputeTopic; title: string; body: string },
): Promise<string> {
  const document = await findDocument(ctx, of.type, of.id);
  const dispute = openDispute(
    {
      id: newId(),
      reference: await nextReference(ctx.tx, 'DSP', ctx.now),
      subjectType: of.type,
      subjectId: of.id,
      subjectReference: document.reference,
      supplierId: document.supplierId,
      ownerId: document.ownerId,
      topic: of.topic,
      title: of.title,
      openedBy: personIn(ctx),
      openedBySide: sideOf(ctx),
      createdAt: ctx.now,
    },
    await timesOf(ctx),
  );
  await store.insertDispute(ctx.tx, dispute);
  await say(ctx, dispute, 'message', of.body);
  await record(ctx, {
    action: 'dispute.opened',
    subject: { type: 'dispute', id: dispute.id },
    supplierId: dispute.supplierId,
    to: dispute.state,
    changes: { topic: dispute.topic, about: dispute.subjectReference, dueAt: dispute.dueAt?.toISOString() },
  });
  return dispute.id;
}

/** The dispute, and the state of it that was in front of the one who acts. */
type Named = { readonly disputeId: string; readonly version: number };
type WithWords = Named & { readonly body: string };

/** @throws AppError `dispute.not-found`, `dispute.changed-meanwhile` */
async function lock(ctx: Ctx, of: Named): Promise<Dispute> {
  const { supplierId } = ctx.actor;
  const scope = { id: of.disputeId, supplierId, types: typesReadBy(ctx), ...placesOf(ctx.actor) };
  const dispute = found('dispute', await store.lockById(ctx.tx, scope));
  if (dispute.version !== of.version)
    throw conflict('dispute.changed-meanwhile', 'Somebody acted on it meanwhile', {
      version: dispute.version,
    });
  return dispute;
}

/** Takes note, so that the other side knows. @throws AppError what `lock` and `acknowledge` throw */
export async function acknowledgeDispute(ctx: Ctx, of: Named): Promise<void> {
  const before = await lock(ctx, of);
  await save(ctx, before, acknowledge(before, sideOf(ctx)), 'dispute.acknowledged');
}

/** Says something; on one's own turn it hands the turn over. @throws AppError what `lock` and `answer` throw */
export async function answerDispute(ctx: Ctx, of: WithWords): Promise<void> {
  const before = await lock(ctx, of);
  const after = answer(before, { side: sideOf(ctx), at: ctx.now }, await timesOf(ctx));
  await say(ctx, before, 'message', of.body);
  await save(ctx, before, after, 'dispute.answered');
}

/** Offers an end. @throws AppError what `lock` and `propose` throw */
export async function proposeResolution(ctx: Ctx, of: WithWords): Promise<void> {
  const before = await lock(ctx, of);
  const by = { userId: personIn(ctx), side: sideOf(ctx), at: ctx.now, proposal: of.body };
  const after = propose(before, by, await timesOf(ctx));
  await say(ctx, before, 'proposal', of.body);
  await save(ctx, before, after, 'dispute.resolution-proposed');
}

/** Takes the other side's proposal: both agree. @throws AppError what `lock` and `accept` throw */
export async function acceptResolution(ctx: Ctx, of: Named): Promise<void> {
  const before = await lock(ctx, of);
  const after = accept(before, { side: sideOf(ctx), at: ctx.now });
  await say(ctx, before, 'acceptance', before.proposal ?? '');
  await save(ctx, before, after, 'dispute.resolved');
}

/** Refuses the other side's proposal and says why. @throws AppError what `lock` and `refuse` throw */
export async function refuseResolution(ctx: Ctx, of: WithWords): Promise<void> {
  const before = await lock(ctx, of);
  const after = refuse(before, { side: sideOf(ctx), at: ctx.now }, await timesOf(ctx));
  await say(ctx, before, 'refusal', of.body);
  await save(ctx, before, after, 'dispute.resolution-refused', of.body);
}

/** Takes it to an approver. @throws AppError what `lock` and `escalate` throw */
export async function escalateDispute(ctx: Ctx, of: WithWords): Promise<void> {
  const before = await lock(ctx, of);
  const after = escalate(before, ctx.now, await timesOf(ctx));
  await say(ctx, before, 'escalation', of.body);
  await save(ctx, before, after, 'dispute.escalated', of.body);
}

/** An approver who had no part in it decides. @throws AppError what `lock`, `assertMay` and `decideOn` throw */
export async function decideDispute(ctx: Ctx, of: WithWords): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'dispute.decide', toDecideOn(before));
  const after = decideOn(before, { userId: personIn(ctx), at: ctx.now, decision: of.body });
  await say(ctx, before, 'decision', of.body);
  await save(ctx, before, after, 'dispute.decided', of.body);
}

/** The side that opened it takes it back. @throws AppError what `lock` and `withdraw` throw */
export async function withdrawDispute(ctx: Ctx, of: WithWords): Promise<void> {
  const before = await lock(ctx, of);
  const after = withdraw(before, { side: sideOf(ctx), at: ctx.now });
  await say(ctx, before, 'withdrawal', of.body);
  await save(ctx, before, after, 'dispute.withdrawn', of.body);
}

/** What the table of rights asks about a dispute. */
export const toDecideOn = (dispute: Dispute) => ({
  state: dispute.state,
  supplierId: dispute.supplierId,
  ties: { owner: dispute.ownerId, submitter: dispute.openedBy, proposer: dispute.proposedBy },
});

/** Reminds of what is due, and takes to an approver what stayed unanswered after that. Safe to repeat. */
export async function passTimeOnDisputes(ctx: Ctx): Promise<void> {
  for (const before of await store.lockDue(ctx.tx, ctx.now, DUE_AT_ONCE)) {
    const { did, dispute } = passTime(before, ctx.now, await timesOf(ctx));
    if (did === 'nothing') continue;
    await save(ctx, before, dispute, did === 'reminded' ? 'dispute.reminded' : 'dispute.escalated');
  }
}

const say = (ctx: Ctx, dispute: Dispute, kind: MessageKind, body: string): Promise<string> =>
  insertMessage(
    ctx.tx,
    { type: 'dispute', id: dispute.id, supplierId: dispute.supplierId },
    { authorId: personIn(ctx), authorSide: sideOf(ctx), kind, body, at: ctx.now },
  );

async function save(
  ctx: Ctx,
  before: Dispute,
  after: Dispute,
  action: string,
  reason: string | null = null,
): Promise<void> {
  await store.saveDispute(ctx.tx, after);
  await record(ctx, {
    action,
    subject: { type: 'dispute', id: before.id },
    supplierId: before.supplierId,
    from: before.state,
    to: after.state,
    reason,
    changes: after.dueAt === null ? {} : { dueAt: after.dueAt.toISOString() },
  });
}
