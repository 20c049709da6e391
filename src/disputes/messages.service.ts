import { record } from '../audit/index.ts';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { DisputedType } from './dispute.ts';
import { sideOf } from './disputes.service.ts';
import { findDocument, type TalkedDocument } from './documents.service.ts';
import { findMessages, findReadings, insertMessage, saveReading, type Talked } from './message.store.ts';
import type { Message, Reading } from './message.ts';

/** What was said on a document or dispute, and who has read it. */
export type Talk = { readonly messages: readonly Message[]; readonly readings: readonly Reading[] };

/** Reads what was said; that it was read is kept in a transaction of its own: showing a page changes nothing else. */
export async function readTalk(ctx: Ctx, on: Talked): Promise<Talk> {
  const [messages, readings] = await Promise.all([findMessages(ctx.tx, on), findReadings(ctx.tx, on)]);
  return { messages, readings };
}

/** Keeps that the actor has read up to now; who only looks on (an auditor) leaves no reading. */
export async function noteReading(ctx: Ctx, on: Talked & { supplierId: string }): Promise<void> {
  const { userId } = ctx.actor;
  if (userId !== null) await saveReading(ctx.tx, on, { userId, side: sideOf(ctx), at: ctx.now });
}

/** @throws AppError what `findDocument` throws */
export async function getDocumentTalk(
  ctx: Ctx,
  of: { type: DisputedType; id: string },
): Promise<Talk & { document: TalkedDocument }> {
  const document = await findDocument(ctx, of.type, of.id);
  return { document, ...(await readTalk(ctx, of)) };
}

/** Writes on a document; the other side is told. @throws AppError what `findDocument` throws */
export async function writeOnDocument(
  ctx: Ctx,
  of: { type: DisputedType; id: string; body: string },
): Promise<void> {
  const document = await findDocument(ctx, of.type, of.id);
  const messageId = await insertMessage(ctx.tx, document, {
    authorId: found('user', ctx.actor.userId),
    authorSide: sideOf(ctx),
    kind: 'message',
    body: of.body,
    at: ctx.now,
  });
  await record(ctx, {
    action: 'message.written',
    subject: { type: of.type, id: of.id },
    supplierId: document.supplierId,
    changes: { messageId },
  });
}
