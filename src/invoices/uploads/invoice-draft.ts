import { conflict } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import type { CandidateKind } from './candidate.ts';
import type { TypedFields } from './prefill.ts';
import type { ReadInvoice, ReadLine } from './structured-invoice.ts';

/** An invoice before it is one: its document, and what was typed beside it. Its supplier's alone. */
export const invoiceDraftLifecycle = defineLifecycle('invoice_draft', 'draft', {
  draft: { submit: 'submitted', discard: 'discarded' },
  submitted: {},
  discarded: {},
});
export type InvoiceDraftState = (typeof invoiceDraftLifecycle.states)[number];

/** The kind of a supplier's own document of an invoice, among its files. */
export const DOCUMENT_KIND = 'supplier-invoice';

/** What a draft is for, once somebody said so. */
export type DraftSource = { readonly kind: CandidateKind; readonly id: string };

export type InvoiceDraft = {
  /** Also its invoice's, once it is sent: files and the record speak of one thing from the beginning. */
  readonly id: string;
  readonly supplierId: string;
  readonly state: InvoiceDraftState;
  readonly fileName: string;
  readonly mediaType: string;
  readonly sha256: string;
  /** What a structured file says; null for a document that only people read. */
  readonly read: ReadInvoice | null;
  readonly source: DraftSource | null;
  readonly typed: TypedFields | null;
  /** Lines of the file that nobody could place for sure. */
  readonly unplaced: readonly ReadLine[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly savedAt: Date;
  readonly saverName: string;
  readonly version: number;
};

/** @throws AppError `invoice_draft.changed-meanwhile` */
export function assertCurrent(draft: Pick<InvoiceDraft, 'version'>, version: number): void {
  if (draft.version !== version)
    throw conflict('invoice_draft.changed-meanwhile', 'Somebody saved this draft meanwhile');
}

/** What of a document is kept with each version of an invoice's figures. */
export type VersionDocument = Pick<InvoiceDraft, 'fileName' | 'mediaType' | 'sha256' | 'read'>;
