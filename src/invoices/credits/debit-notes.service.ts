import { recordAll } from '../../audit/index.ts';
import { calendarAt } from '../../catalog/index.ts';
import { type Document, storeGenerated } from '../../documents/index.ts';
import { mayUse } from '../../identity/index.ts';
import { found } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import type { Catalogue } from '../../platform/i18n/catalogue.ts';
import { findCreditNote } from './credit-note.store.ts';
import { drawDebitNote } from './debit-note.pdf.ts';
import * as store from './debit-note.store.ts';
import { type AnswerTime, passTime, startClock } from './debit-note-clock.ts';

const timeOf = async (ctx: Ctx): Promise<AnswerTime> => ({
  workingDays: ctx.policies.debitNotes.answerWorkingDays,
  calendar: await calendarAt(ctx, null),
  timeZone: ctx.policies.company.timeZone,
});

/** A debit note was sent, for the first time or again: its supplier has its days for an answer. */
export async function awaitAnswer(ctx: Ctx, of: { id: string; isAgain: boolean }): Promise<void> {
  if (of.isAgain) await store.saveRevision(ctx.tx, of.id);
  await store.saveClock(ctx.tx, { id: of.id, ...startClock(ctx.now, await timeOf(ctx)) });
}

/** Reminds suppliers of debit notes that they left without an answer, then tells our side; gives how many were due. */
export async function remindOfDebitNotes(ctx: Ctx, limit: number): Promise<number> {
  const due = await store.lockUnanswered(ctx.tx, { at: ctx.now, limit });
  const time = await timeOf(ctx);
  for (const note of due) {
    const passed = passTime(note, ctx.now, time);
    if (passed === null) continue;
    await store.saveClock(ctx.tx, { id: note.id, ...passed.clock });
    await recordAll(ctx, [
      {
        action: `credit_note.${passed.act}`,
        subject: { type: 'credit_note', id: note.id },
        supplierId: note.supplierId,
        from: 'sent',
        to: 'sent',
        changes: { reference: note.reference },
      },
    ]);
  }
  return due.length;
}

/**
 * Makes the document of a debit note as it was sent, in its supplier's language, and keeps it with the note. Calling it
 * again gives the one that is there.
 * @throws AppError `credit_note.not-found`
 */
export async function makeDebitNoteDocument(
  ctx: Ctx,
  of: { creditNoteId: string; catalogue: Catalogue },
): Promise<string> {
  const scope = { id: of.creditNoteId, supplierId: null, ...placesOf(ctx.actor) };
  const note = found('credit_note', await findCreditNote(ctx.tx, scope));
  const details = found('credit_note', await store.findDebitNoteDetails(ctx.tx, note.id));
  const t = of.catalogue.translator(details.supplierLanguage);
  const document = await storeGenerated(ctx, {
    subject: { type: 'credit_note', id: note.id },
    kind: 'debit-note',
    version: details.revision,
    fileName: t('credits.document.file-name', { reference: note.reference, revision: details.revision }),
    mediaType: 'application/pdf',
    content: await drawDebitNote(note, {
      details,
      t,
      company: ctx.policies.company,
      issuedAt: ctx.now,
    }),
    visibility: 'supplier',
    supplierId: note.supplierId,
  });
  return document.id;
}

/** May the actor read a file of this note? */
export const mayReadCreditNoteDocument = async (
  ctx: Ctx,
  document: Pick<Document, 'subject'>,
): Promise<boolean> => {
  const scope = { id: document.subject.id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  return mayUse(ctx, 'credit_note.read') && (await findCreditNote(ctx.tx, scope)) !== undefined;
};
