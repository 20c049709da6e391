import { record } from '../audit/index.ts';
import { attachUploads, type Document, documentsOfAll } from '../documents/index.ts';
import { mayUse } from '../identity/index.ts';
import { AppError, found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import {
  type EnquiryRow,
  listEnquiries,
  listSharedEnquiries,
  type SharedEnquiry,
} from './enquiries.queries.ts';
import * as store from './enquiry.store.ts';
import {
  type Audience,
  assertAudience,
  assertMayAnswer,
  assertMayAsk,
  assertTellsNotWhoAsked,
} from './enquiry.ts';
import { findEvent, findInvitation, lockEvent } from './sourcing.service.ts';

/**
 * An invited supplier asks. What it attaches is read by itself and the buyer: a file's name may tell who asks.
 * @throws AppError `sourcing_event.not-found`, what the rule {@link assertMayAsk} throws, and what `attachUploads` throws
 */
export async function askEnquiry(
  ctx: Ctx,
  of: { eventId: string; question: string; files: readonly UploadedFile[] },
): Promise<string> {
  const { eventId } = of;
  const supplierId = found('sourcing_event', ctx.actor.supplierId);
  const askedBy = found('sourcing_event', ctx.actor.userId);
  const event = await lockEvent(ctx, eventId);
  const invitation = found('sourcing_event', await findInvitation(ctx, eventId, supplierId));
  const askedCount = await store.countOfSupplier(ctx.tx, { eventId, supplierId });
  // Read after the lock: who asks at the cut-off is in or out by one clock.
  const clock = await ctx.readClock(ctx.tx);
  assertMayAsk(event, { invitation, askedCount, clock });
  const id = newId();
  await store.insertEnquiry(ctx.tx, {
    id,
    eventId,
    supplierId,
    askedBy,
    question: of.question,
    askedAt: clock,
  });
  const subject = { type: 'enquiry', id };
  if (of.files.length > 0)
    await attachUploads(ctx, { subject, visibility: 'supplier', supplierId, files: of.files });
  await record(ctx, { action: 'enquiry.asked', subject, supplierId, changes: { eventId } });
  return id;
}

/**
 * The buyer answers: everybody who was invited, without the asker's name, or the asker alone with a reason.
 * @throws AppError `sourcing_event.not-found`, `enquiry.not-found`, what the rules of `enquiry.ts` throw, and what
 * `attachUploads` throws
 */
export async function answerEnquiry(
  ctx: Ctx,
  of: {
    eventId: string;
    enquiryId: string;
    question: string;
    answer: string;
    audience: Audience;
    reason: string;
    files: readonly UploadedFile[];
  },
): Promise<string> {
  const { eventId, enquiryId, audience, question, answer, files } = of;
  const answeredBy = found('enquiry', ctx.actor.userId);
  const event = await lockEvent(ctx, eventId);
  const enquiry = found('enquiry', await store.findEnquiry(ctx.tx, { id: enquiryId, eventId }));
  const clock = await ctx.readClock(ctx.tx);
  assertMayAnswer(event, { isAnswered: enquiry.isAnswered, clock });
  assertAudience(of);
  if (audience === 'everybody')
    assertTellsNotWhoAsked(
      [question, answer, ...files.map((file) => file.fileName)],
      [enquiry.supplierName, enquiry.askerName],
    );
  const id = newId();
  const reason = audience === 'asker' ? of.reason : null;
  const response = { id, enquiryId, eventId, audience, question, answer, reason };
  await store.insertResponse(ctx.tx, { ...response, answeredBy, answeredAt: clock });
  const subject = { type: 'enquiry_response', id };
  if (files.length > 0) await attachUploads(ctx, { subject, visibility: 'participants', files });
  // Without the asker: this row is about what everybody reads.
  await record(ctx, { action: 'enquiry_response.given', subject, reason, changes: { eventId, audience } });
  return id;
}

type WithFiles<T> = T & {
  readonly askedFiles: readonly Document[];
  readonly answerFiles: readonly Document[];
};

/** The questions about an event with their files, for the buying side. @throws AppError `sourcing_event.not-found` */
export async function getEnquiries(ctx: Ctx, eventId: string): Promise<WithFiles<EnquiryRow>[]> {
  await findEvent(ctx, eventId);
  const rows = await listEnquiries(ctx, eventId);
  return withFiles(ctx, rows, (row) => ({ enquiryId: row.id, responseId: row.responseId }));
}

/** What a supplier reads of the questions about an event. The caller has found the event for it. */
export async function getSharedEnquiries(
  ctx: Ctx,
  of: { eventId: string; supplierId: string },
): Promise<WithFiles<SharedEnquiry>[]> {
  const rows = await listSharedEnquiries(ctx, of);
  return withFiles(ctx, rows, (row) => ({
    enquiryId: row.ownId,
    responseId: row.answeredAt === null ? null : row.id,
  }));
}

async function withFiles<T>(
  ctx: Ctx,
  rows: readonly T[],
  idsOf: (row: T) => { enquiryId: string | null; responseId: string | null },
): Promise<WithFiles<T>[]> {
  const ids = rows.map(idsOf);
  const isId = (id: string | null): id is string => id !== null;
  const asked = await documentsOfAll(ctx, 'enquiry', ids.map((one) => one.enquiryId).filter(isId));
  const answers = await documentsOfAll(
    ctx,
    'enquiry_response',
    ids.map((one) => one.responseId).filter(isId),
  );
  const of = (documents: readonly Document[], id: string | null | undefined) =>
    documents.filter((document) => document.subject.id === id);
  return rows.map((row, index) => ({
    ...row,
    askedFiles: of(asked, ids[index]?.enquiryId),
    answerFiles: of(answers, ids[index]?.responseId),
  }));
}

/** Whom the mail about an answer goes to: who asked, and whether everybody else is told.
 * @throws AppError `enquiry_response.not-found` */
export const findAnswered = async (ctx: Ctx, responseId: string) =>
  found('enquiry_response', await store.findResponse(ctx.tx, responseId));

/** Who may see the event may read the files of its questions and answers; an answer to one supplier is that one's. */
export const mayReadEnquiryDocument =
  (table: 'enquiry' | 'enquiry_response') =>
  async (ctx: Ctx, document: Pick<Document, 'subject'>): Promise<boolean> => {
    if (ctx.actor.kind === 'staff' && !mayUse(ctx, 'sourcing_event.read')) return false;
    if (!(await isForReader(ctx, table, document.subject.id))) return false;
    const eventId = await store.findEventId(ctx.tx, { table, id: document.subject.id });
    if (eventId === undefined) return false;
    try {
      await findEvent(ctx, eventId);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.kind === 'not-found') return false;
      throw error;
    }
  };

async function isForReader(ctx: Ctx, table: string, id: string): Promise<boolean> {
  const { supplierId } = ctx.actor;
  if (supplierId === null) return true;
  return table === 'enquiry_response' && store.isSharedWith(ctx.tx, { responseId: id, supplierId });
}
