import { found, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import * as store from './agreement.store.ts';
import type { Agreement } from './agreement.ts';
import { lineFields } from './agreement-form.ts';
import { readPriceLines } from './agreement-lines.sheet.ts';
import * as versions from './agreement-version.store.ts';
import type { AgreementTerms, AgreementVersion } from './agreement-version.ts';
import {
  findAgreement,
  linesOf,
  lockAgreement,
  openVersionOf,
  reviseTerms,
  type TypedTerms,
} from './agreements.service.ts';
import { listIndexCodes } from './price-indices.service.ts';
import { differenceOf, type LineDifference } from './version-difference.ts';

/** The lines that a spreadsheet would put in the place of those of a draft, and what that changes. */
export type LinesPreview = {
  readonly differences: readonly LineDifference[];
  readonly lineCount: number;
  readonly errors: readonly SheetError[];
  readonly ignored: readonly string[];
  /** Each line as the form that takes it over posts it. */
  readonly carried: readonly string[];
};

/** @throws AppError `agreement.not-found`, `agreement_version.not-found`, `agreement_version.cannot-edit` */
export async function getDraft(
  ctx: Ctx,
  agreementId: string,
): Promise<{ agreement: Agreement; version: AgreementVersion }> {
  const agreement = found('agreement', await findAgreement(ctx, agreementId));
  const version = await openVersionOf(ctx, agreement.id);
  if (version.state !== 'draft')
    throw ruleBroken('agreement_version.cannot-edit', 'It is approved or signed as it was submitted');
  return { agreement, version };
}

/**
 * The terms whose lines go out as a workbook: those being written, or else those in force.
 * @throws AppError `agreement.not-found`
 */
export async function findTermsToWrite(
  ctx: Ctx,
  agreementId: string,
): Promise<{ reference: string; terms: AgreementTerms }> {
  const { reference, inForceVersion } = found('agreement', await findAgreement(ctx, agreementId));
  const all = await versions.findVersions(ctx.tx, agreementId);
  const open = all.find(({ state }) => state === 'draft');
  const { terms } = found(
    'agreement_version',
    open ?? all.find(({ version }) => version === inForceVersion) ?? all[0],
  );
  return { reference, terms };
}

/** Says what the lines of a sheet would change in a draft; nothing is kept. @throws AppError as {@link getDraft} */
export async function previewLines(
  ctx: Ctx,
  of: { agreementId: string; sheet: Sheet },
): Promise<LinesPreview> {
  const { version } = await getDraft(ctx, of.agreementId);
  const { terms } = version;
  const ever = [...terms.lines, ...(await store.findLines(ctx.tx, of.agreementId))];
  const { lines, errors, ignored } = readPriceLines(of.sheet, {
    terms,
    known: new Set(ever.map(({ lineNo }) => lineNo)),
    indices: await listIndexCodes(ctx),
  });
  const after = { ...terms, lines: linesOf({ ...terms, lines }, ever, terms.lines) };
  const isNew = new Set(lines.flatMap(({ lineNo }, index) => (lineNo === null ? [index] : [])));
  return {
    differences: errors.length > 0 ? [] : differenceOf(terms, after).lines,
    lineCount: lines.length,
    errors,
    ignored,
    carried: after.lines.map((line, index) =>
      JSON.stringify({ ...lineFields(line), ...(isNew.has(index) ? { lineNo: '' } : {}) }),
    ),
  };
}

/**
 * Puts these lines in the place of those of a draft, all of them or none.
 * @throws AppError what `reviseTerms` throws
 */
export async function reviseLines(
  ctx: Ctx,
  of: { agreementId: string; rowVersion: number; lines: TypedTerms['lines'] },
): Promise<void> {
  const { id } = await lockAgreement(ctx, of.agreementId);
  const { terms } = await openVersionOf(ctx, id);
  await reviseTerms(ctx, { ...of, terms: { ...terms, lines: of.lines } });
}
