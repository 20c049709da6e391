import { type Document, documentsOf } from '../../documents/index.ts';
import { found } from '../../kernel/errors.ts';
import { type Day, dayIn } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import {
  getNewInvoiceForm,
  getOrderInvoiceForm,
  getStatementInvoiceForm,
} from '../invoice-form-page.service.ts';
import { typedOf } from '../invoices.forms.ts';
import { type RankedCandidate, rankCandidates } from './candidate.ts';
import { findDraft } from './invoice-draft.store.ts';
import { DOCUMENT_KIND, type DraftSource, type InvoiceDraft } from './invoice-draft.ts';
import { type DraftRow, findCandidates, findOpenDrafts } from './invoice-drafts.queries.ts';
import { documentExtensions, supplierIn } from './invoice-drafts.service.ts';
import { type FileDifference, fileDifferences } from './prefill.ts';

const MOST_DRAFTS = 50;
const MEGABYTE = 1_048_576;

/** The form of a draft's invoice, whatever it is made from. */
type SourceForm = Omit<Awaited<ReturnType<typeof getStatementInvoiceForm>>, 'statement'>;

/** All that the page of a draft shows: the document, and beside it what it is for or its figures. */
export type InvoiceDraftPage = {
  readonly draft: InvoiceDraft;
  readonly document: Document;
  /** What it may be for, while that is to be chosen. */
  readonly candidates: readonly RankedCandidate[] | null;
  readonly search: string;
  readonly form: SourceForm | null;
  readonly sourceReference: string | null;
  readonly differences: readonly FileDifference[];
  readonly today: Day;
};

/**
 * @param of.typed what was typed into a form that is shown again; null for what the draft has
 * @throws AppError `invoice_draft.not-found`
 */
export async function getDraftPage(
  ctx: Ctx,
  of: { draftId: string; typed: unknown; isChoosing: boolean; search: string },
): Promise<InvoiceDraftPage> {
  const supplierId = supplierIn(ctx);
  const draft = found('invoice_draft', await findDraft(ctx.tx, { id: of.draftId, supplierId }));
  if (draft.state !== 'draft') found('invoice_draft', null);
  const files = await documentsOf(ctx, 'invoice', draft.id);
  const document = found(
    'document',
    files.find((file) => file.kind === DOCUMENT_KIND),
  );
  const typed = of.typed ?? draft.typed;
  const open =
    draft.source === null || of.isChoosing
      ? null
      : await sourceForm(ctx, { source: draft.source, typed: typedOf(typed) });
  const isOver = open === null || open.form.rows.length === 0;
  const search = of.search.trim();
  const candidates = await findCandidates(ctx, { supplierId, search: search === '' ? null : search });
  const header = headerIn(typed);
  return {
    draft,
    document,
    candidates: isOver ? rankCandidates(candidates, draft) : null,
    search,
    form: isOver ? null : open.form,
    sourceReference: open?.reference ?? null,
    differences:
      isOver || draft.read === null
        ? []
        : fileDifferences(draft.read, {
            ...open.form.totals,
            ...header,
            currency: open.form.receipt.currency,
            ourTaxId: ctx.policies.company.vatId,
          }),
    today: dayIn(ctx.now, ctx.policies.company.timeZone),
  };
}

async function sourceForm(
  ctx: Ctx,
  of: { source: DraftSource; typed: ReturnType<typeof typedOf> },
): Promise<{ form: SourceForm; reference: string }> {
  // Where nothing was typed into lines, what can be invoiced stands there.
  const typed = of.typed === null || of.typed.rows.size === 0 ? null : of.typed;
  const { kind, id } = of.source;
  if (kind === 'statement') {
    const { statement, ...form } = await getStatementInvoiceForm(ctx, { statementId: id, typed });
    return { form, reference: statement.reference };
  }
  if (kind === 'order') {
    const { order, ...form } = await getOrderInvoiceForm(ctx, { orderId: id, typed });
    return { form, reference: `${order.reference} ${order.title}` };
  }
  const { receipt, invoices: _invoices, ...form } = await getNewInvoiceForm(ctx, { receiptId: id, typed });
  return {
    form: { ...form, receipt, orderIssuedOn: receipt.orderIssuedOn },
    reference: `${receipt.receiptReference} · ${receipt.orderReference} ${receipt.orderTitle}`,
  };
}

const headerIn = (typed: unknown): { number: string; issuedOn: string } => {
  const of = (name: string): string => {
    const value: unknown = typeof typed === 'object' && typed !== null ? Reflect.get(typed, name) : null;
    return typeof value === 'string' ? value.trim() : '';
  };
  return { number: of('supplierNumber'), issuedOn: of('issuedOn') };
};

/** The page that an upload begins at, with the drafts that wait to be finished. */
export async function getUploadPage(
  ctx: Ctx,
): Promise<{ drafts: readonly DraftRow[]; accept: readonly string[]; megabytes: number }> {
  return {
    drafts: await findOpenDrafts(ctx, { supplierId: supplierIn(ctx), limit: MOST_DRAFTS }),
    accept: documentExtensions,
    megabytes: Math.round(ctx.policies.limits.uploadBytes / MEGABYTE),
  };
}
