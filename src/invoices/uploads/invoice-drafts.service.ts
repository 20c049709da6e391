import { record } from '../../audit/index.ts';
import { type Document, documentsOf, removeAttachment } from '../../documents/index.ts';
import { AppError, found, invalid, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { UploadedFile } from '../../platform/web/uploads.ts';
import { readXml, XmlRefused } from '../../platform/xml/read-xml.ts';
import { findChargesOfLines } from '../charges/billable-charges.service.ts';
import type { EnteredInvoice } from '../figures.ts';
import { findBillableLines } from '../invoices.queries.ts';
import { personIn } from '../invoices.service.ts';
import { submitInvoice, submitOrderInvoice, submitStatementInvoice } from '../submission.service.ts';
import { candidateTaken, rankCandidates } from './candidate.ts';
import { xmlFilesIn } from './embedded-xml.ts';
import * as store from './invoice-draft.store.ts';
import {
  assertCurrent,
  type DraftSource,
  type InvoiceDraft,
  invoiceDraftLifecycle,
} from './invoice-draft.ts';
import { findCandidates, findSameContent } from './invoice-drafts.queries.ts';
import { documentRefused, keepOwnDocument, PDF } from './own-document.service.ts';
import { prefill, type TypedFields } from './prefill.ts';
import { type NotAnInvoice, type ReadInvoice, readStructuredInvoice } from './structured-invoice.ts';

/** What an invoice's own document may be. */
export const documentExtensions: readonly string[] = ['pdf', 'png', 'jpg', 'jpeg', 'xml'];
const XML = 'application/xml';

/**
 * Keeps a supplier's own document as the draft of an invoice, with what a structured file says of itself, and proposes
 * what it is for.
 * @throws AppError `document.refused` with the field, `invoice_draft.same-file`
 */
export async function beginDraft(ctx: Ctx, of: { files: readonly UploadedFile[] }): Promise<string> {
  const supplierId = supplierIn(ctx);
  const [file] = of.files;
  if (file === undefined)
    throw invalid('document.refused', 'No file', [
      { path: 'document', code: 'form.required', message: 'Choose a file' },
    ]);
  const id = newId();
  const { document: kept, content } = await keepOwnDocument(ctx, {
    subject: { type: 'invoice', id },
    supplierId,
    file,
    accepted: documentExtensions,
  });
  const read = readDocument(kept, { file, content });
  await refuseSameContent(ctx, { supplierId, document: kept, draftId: id });
  await store.insertDraft(ctx.tx, {
    id,
    supplierId,
    state: invoiceDraftLifecycle.initial,
    fileName: kept.fileName,
    mediaType: kept.mediaType,
    sha256: kept.sha256,
    read,
    createdBy: personIn(ctx),
    createdAt: ctx.now,
  });
  const candidates = rankCandidates(await findCandidates(ctx, { supplierId, search: null }), {
    fileName: kept.fileName,
    read,
  });
  const taken = candidateTaken(candidates);
  if (taken !== null) await chooseSource(ctx, { draftId: id, version: 1, source: taken });
  await record(ctx, {
    action: 'invoice.drafted',
    subject: { type: 'invoice', id },
    supplierId,
    changes: { fileName: kept.fileName, sha256: kept.sha256, read: read?.format ?? null },
  });
  return id;
}

/** What a structured file, or the structured half of a hybrid one, says; null where people read. */
function readDocument(
  document: Document,
  { file, content }: { file: UploadedFile; content: Buffer },
): ReadInvoice | null {
  if (document.mediaType === PDF) {
    // A PDF that carries something else is read by people, as any other.
    const halves = xmlFilesIn(content).map(readInvoiceIn);
    return halves.find((half): half is ReadInvoice => typeof half === 'object') ?? null;
  }
  if (document.mediaType !== XML) return null;
  const read = readInvoiceIn(content);
  if (typeof read === 'string')
    throw documentRefused(file, `invoice_draft.file-${read}`, { file: document.fileName });
  return read;
}

function readInvoiceIn(content: Buffer): ReadInvoice | NotAnInvoice | 'unreadable' {
  try {
    return readStructuredInvoice(readXml(content));
  } catch (error) {
    if (error instanceof XmlRefused) return 'unreadable';
    throw error;
  }
}

async function refuseSameContent(
  ctx: Ctx,
  of: { supplierId: string; document: Document; draftId: string },
): Promise<void> {
  const { supplierId, document, draftId } = of;
  const { sha256 } = document;
  await store.holdContent(ctx.tx, { supplierId, sha256 });
  const same = await findSameContent(ctx, { supplierId, sha256, except: draftId });
  if (same === undefined) return;
  const code = same.reference === null ? 'invoice_draft.same-file-in-draft' : 'invoice_draft.same-file';
  throw new AppError('invalid', 'document.refused', 'The same file again', {
    fields: [
      {
        path: 'document',
        code,
        message: code,
        params: { file: same.fileName, reference: same.reference ?? '' },
      },
    ],
  });
}

type Named = { readonly draftId: string; readonly version: number };

/**
 * Says what a draft's document is for, and fills in from its structured file what can be placed for sure.
 * @throws AppError `invoice_draft.not-found`, `invoice_draft.changed-meanwhile`, `invoice_draft.source-not-open`
 */
export async function chooseSource(ctx: Ctx, of: Named & { source: DraftSource }): Promise<void> {
  const draft = await lockOpenDraft(ctx, of);
  const { kind, id } = of.source;
  const open = await findCandidates(ctx, { supplierId: draft.supplierId, search: null });
  if (!open.some((one) => one.kind === kind && one.id === id))
    throw invalid('invoice_draft.source-not-open', 'Nothing is left to invoice there');
  const source = { kind, id };
  const filled = draft.read === null ? null : await prefilled(ctx, { read: draft.read, source });
  await save(ctx, {
    ...draft,
    source,
    typed: filled?.typed ?? headerOf(draft.typed),
    unplaced: filled?.unplaced ?? [],
  });
}

async function prefilled(ctx: Ctx, of: { read: ReadInvoice; source: DraftSource }) {
  const { kind, id } = of.source;
  const billable = await findBillableLines(ctx, {
    source: {
      receiptId: kind === 'receipt' ? id : null,
      statementId: kind === 'statement' ? id : null,
      ...(kind === 'order' ? { orderId: id, isByOrder: true } : {}),
    },
    except: null,
  });
  const { charges } = await findChargesOfLines(ctx, { billable, own: [] });
  return prefill(of.read, { billable, charges, offered: ctx.policies.taxes });
}

/** What was typed stays but for the lines, which are another source's. */
const headerOf = (typed: TypedFields | null): TypedFields | null =>
  typed === null ? null : { ...typed, lines: [], charges: [] };

/**
 * Keeps what was typed so far; nothing of it is checked before it is sent.
 * @throws AppError `invoice_draft.not-found`, `invoice_draft.changed-meanwhile`
 */
export async function keepDraft(ctx: Ctx, of: Named & { typed: TypedFields }): Promise<void> {
  const draft = await lockOpenDraft(ctx, of);
  await save(ctx, { ...draft, typed: of.typed });
}

/**
 * Sends the invoice of a draft: the same figures, rules and match as of every other, with the document's hash in its version.
 * @throws AppError `invoice_draft.not-found`, `invoice_draft.changed-meanwhile`, `invoice_draft.without-source`,
 * `invoice_draft.other-currency` and what `submitInvoice` and `submitStatementInvoice` throw
 */
export async function submitDraft(ctx: Ctx, of: Named & { entered: EnteredInvoice }): Promise<string> {
  const draft = await lockOpenDraft(ctx, of);
  const { source, id } = draft;
  if (source === null) throw invalid('invoice_draft.without-source', 'What is it for?');
  const { fileName, mediaType, sha256, read } = draft;
  const begun = { id, document: { fileName, mediaType, sha256, read } };
  const { entered } = of;
  if (source.kind === 'receipt') await submitInvoice(ctx, { receiptId: source.id, entered, begun });
  else if (source.kind === 'order') await submitOrderInvoice(ctx, { orderId: source.id, entered, begun });
  else await submitStatementInvoice(ctx, { statementId: source.id, entered, begun });
  await save(ctx, { ...draft, state: invoiceDraftLifecycle.next(draft.state, 'submit') });
  return id;
}

/**
 * Throws a draft away, with its file.
 * @throws AppError `invoice_draft.not-found`, `invoice_draft.changed-meanwhile`
 */
export async function discardDraft(ctx: Ctx, of: Named): Promise<void> {
  const draft = await lockOpenDraft(ctx, of);
  const subject = { type: 'invoice', id: draft.id };
  for (const file of await documentsOf(ctx, subject.type, subject.id))
    await removeAttachment(ctx, subject, file.id);
  await save(ctx, { ...draft, state: invoiceDraftLifecycle.next(draft.state, 'discard') });
  await record(ctx, { action: 'invoice.draft-discarded', subject, supplierId: draft.supplierId });
}

async function lockOpenDraft(ctx: Ctx, of: Named): Promise<InvoiceDraft> {
  const draft = found(
    'invoice_draft',
    await store.lockDraft(ctx.tx, { id: of.draftId, supplierId: supplierIn(ctx) }),
  );
  // A draft that was sent is an invoice, at its own address; one that was thrown away is gone.
  if (draft.state !== 'draft') throw notFound('invoice_draft');
  assertCurrent(draft, of.version);
  return draft;
}

const save = (ctx: Ctx, draft: InvoiceDraft): Promise<void> =>
  store.saveDraft(ctx.tx, { ...draft, savedBy: personIn(ctx), savedAt: ctx.now });

/** @throws Error for whoever is no supplier: routes let only suppliers in */
export function supplierIn(ctx: Ctx): string {
  if (ctx.actor.supplierId === null) throw new Error('This act needs a supplier');
  return ctx.actor.supplierId;
}
