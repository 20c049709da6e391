import type { Tx } from '../platform/db/context.ts';
import { firstOf } from '../platform/db/statements.ts';
import type { Enquiry, EnquiryResponse } from './enquiry.ts';

export async function insertEnquiry(tx: Tx, enquiry: Enquiry): Promise<void> {
  await tx('enquiry').insert({
    id: enquiry.id,
    event_id: enquiry.eventId,
    supplier_id: enquiry.supplierId,
    asked_by: enquiry.askedBy,
    question: enquiry.question,
    asked_at: enquiry.askedAt,
  });
}

export async function insertResponse(tx: Tx, response: EnquiryResponse): Promise<void> {
  await tx('enquiry_response').insert({
    id: response.id,
    enquiry_id: response.enquiryId,
    event_id: response.eventId,
    audience: response.audience,
    question: response.question,
    answer: response.answer,
    reason: response.reason,
    answered_by: response.answeredBy,
    answered_at: response.answeredAt,
  });
}

/** A question of this event, with the names that are not to be told and whether it was answered. */
export type FoundEnquiry = Enquiry & {
  readonly supplierName: string;
  readonly askerName: string;
  readonly isAnswered: boolean;
};

export const findEnquiry = (tx: Tx, of: { id: string; eventId: string }): Promise<FoundEnquiry | undefined> =>
  firstOf<FoundEnquiry>(
    tx,
    `SELECT enquiry.id, enquiry.event_id AS "eventId", enquiry.supplier_id AS "supplierId",
            enquiry.asked_by AS "askedBy", enquiry.question, enquiry.asked_at AS "askedAt",
            supplier.name AS "supplierName", asker.name AS "askerName",
            EXISTS (SELECT FROM enquiry_response AS response WHERE response.enquiry_id = enquiry.id) AS "isAnswered"
       FROM enquiry
       JOIN supplier ON supplier.id = enquiry.supplier_id
       JOIN user_account AS asker ON asker.id = enquiry.asked_by
      WHERE enquiry.id = ?
        AND enquiry.event_id = ?`,
    [of.id, of.eventId],
  );

export const countOfSupplier = async (
  tx: Tx,
  of: { eventId: string; supplierId: string },
): Promise<number> => {
  const row = await firstOf<{ count: number }>(
    tx,
    'SELECT count(*)::int AS count FROM enquiry WHERE enquiry.event_id = ? AND enquiry.supplier_id = ?',
    [of.eventId, of.supplierId],
  );
  return row?.count ?? 0;
};

/** The event of a question or of an answer, for asking whether somebody may read its files. */
export const findEventId = async (
  tx: Tx,
  of: { table: 'enquiry' | 'enquiry_response'; id: string },
): Promise<string | undefined> =>
  (
    await firstOf<{ eventId: string }>(
      tx,
      `SELECT subject.event_id AS "eventId" FROM ${of.table} AS subject WHERE subject.id = ?`,
      [of.id],
    )
  )?.eventId;

/** Whom an answer is for: the asker's company, and the company alone when it is for nobody else. */
export const findResponse = (
  tx: Tx,
  id: string,
): Promise<{ eventId: string; supplierId: string; audience: EnquiryResponse['audience'] } | undefined> =>
  firstOf(
    tx,
    `SELECT response.event_id AS "eventId", enquiry.supplier_id AS "supplierId", response.audience
       FROM enquiry_response AS response
       JOIN enquiry ON enquiry.id = response.enquiry_id
      WHERE response.id = ?`,
    [id],
  );

/** Whether an answer is for this supplier: for everybody, or its own. */
export const isSharedWith = async (
  tx: Tx,
  of: { responseId: string; supplierId: string },
): Promise<boolean> =>
  (await firstOf(
    tx,
    `SELECT response.id
       FROM enquiry_response AS response
      WHERE response.id = ?
        AND (response.audience = 'everybody'
             OR EXISTS (SELECT FROM enquiry
                         WHERE enquiry.id = response.enquiry_id
                           AND enquiry.supplier_id = ?))`,
    [of.responseId, of.supplierId],
  )) !== undefined;
