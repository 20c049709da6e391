import { system } from '../../src/kernel/actor.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { tellOfNote } from './tell-of-note.ts';

const name = 'invoices/on-credit-note-moved';

/**
 * Tells the other side what happened to a credit or debit note, but for what is mailed with its document. Idempotent:
 * `notify` tells nobody twice about one act.
 */
export const job: EventJob = {
  name,
  on: [
    'credit_note.submitted',
    'credit_note.approved',
    'credit_note.rejected',
    'credit_note.withdrawn',
    'credit_note.accepted',
    'credit_note.contested',
    'credit_note.escalated',
  ],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, (ctx) => tellOfNote(ctx, { event, documentId: null })),
};
