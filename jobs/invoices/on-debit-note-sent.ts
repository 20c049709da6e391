import { makeDebitNoteDocument } from '../../src/invoices/index.ts';
import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellOfNote } from './tell-of-note.ts';

const name = 'invoices/on-debit-note-sent';

/**
 * Makes the document of a debit note as it was sent, or sent again, and mails it, also with the reminder. Idempotent: each sending has one document,
 * and `notify` tells nobody twice about one act.
 */
export const job: EventJob = {
  name,
  on: ['credit_note.sent', 'credit_note.revised', 'credit_note.reminded'],
  queue: 'documents',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const creditNoteId = event.subjectId;
      const documentId = await makeDebitNoteDocument(ctx, { creditNoteId, catalogue: house.catalogue });
      await tellOfNote(ctx, { event, documentId });
    }),
};
