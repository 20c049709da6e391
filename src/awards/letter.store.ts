import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { LetterContent } from './letter-content.ts';

/** A letter as it was issued: what it says, and the PDF that was made of it. */
export type IssuedLetter = {
  readonly id: string;
  readonly awardId: string;
  readonly supplierId: string;
  readonly content: LetterContent;
  readonly contentSha256: string;
  readonly documentId: string;
  readonly documentSha256: string;
  readonly madeAt: Date;
};

const LETTER = `
  SELECT letter.id, letter.award_id AS "awardId", letter.supplier_id AS "supplierId", letter.content,
         letter.content_sha256 AS "contentSha256", letter.document_id AS "documentId",
         letter.document_sha256 AS "documentSha256", letter.made_at AS "madeAt"
    FROM award_letter AS letter`;

export const findLetter = (
  tx: Tx,
  of: { awardId: string; supplierId: string },
): Promise<IssuedLetter | undefined> =>
  firstOf<IssuedLetter>(tx, `${LETTER} WHERE letter.award_id = ? AND letter.supplier_id = ?`, [
    of.awardId,
    of.supplierId,
  ]);

export const findLetterById = (tx: Tx, id: string): Promise<IssuedLetter | undefined> =>
  firstOf<IssuedLetter>(tx, `${LETTER} WHERE letter.id = ?`, [id]);

/** A letter in the list of an award's page. */
export type ListedLetter = {
  readonly supplierId: string;
  readonly supplierName: string;
  readonly outcome: LetterContent['outcome'];
  readonly documentId: string;
  readonly documentSha256: string;
  readonly fileName: string;
};

export const findLettersOf = (tx: Tx, awardId: string): Promise<ListedLetter[]> =>
  rowsOf<ListedLetter>(
    tx,
    `SELECT letter.supplier_id AS "supplierId", supplier.name AS "supplierName",
            letter.content ->> 'outcome' AS outcome, letter.document_id AS "documentId",
            letter.document_sha256 AS "documentSha256", document.file_name AS "fileName"
       FROM award_letter AS letter
       JOIN supplier ON supplier.id = letter.supplier_id
       JOIN document ON document.id = letter.document_id
      WHERE letter.award_id = ?
      ORDER BY supplier.name, letter.id`,
    [awardId],
  );

/** Who was told for an earlier award of the event that its bid was set aside: once is enough. */
export const findToldSetAside = async (
  tx: Tx,
  of: { eventId: string; awardId: string },
): Promise<Set<string>> =>
  new Set(
    (
      await rowsOf<{ supplierId: string }>(
        tx,
        `SELECT letter.supplier_id AS "supplierId"
           FROM award_letter AS letter
           JOIN award ON award.id = letter.award_id
          WHERE award.event_id = ?
            AND award.id <> ?
            AND letter.content ->> 'outcome' = 'disqualified'`,
        [of.eventId, of.awardId],
      )
    ).map((row) => row.supplierId),
  );

export async function insertLetter(tx: Tx, letter: IssuedLetter): Promise<void> {
  await tx('award_letter').insert({
    id: letter.id,
    award_id: letter.awardId,
    supplier_id: letter.supplierId,
    content: JSON.stringify(letter.content),
    content_sha256: letter.contentSha256,
    document_sha256: letter.documentSha256,
    document_id: letter.documentId,
    made_at: letter.madeAt,
  });
}
