import { record } from '../audit/index.ts';
import { listCategories, listPlants } from '../catalog/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { type Day, dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { placesOf } from '../platform/db/scope.ts';
import { findSupplier, isInvitable } from '../suppliers/index.ts';
import * as store from './agreement.store.ts';
import { type Agreement, agreementLifecycle } from './agreement.ts';
import * as versions from './agreement-version.store.ts';
import {
  type AgreementTerms,
  type AgreementTermsLine,
  type AgreementVersion,
  agreementVersionLifecycle,
  writersOf,
} from './agreement-version.ts';
import { readingOf } from './reading.queries.ts';

/** The agreement, if the actor may know of it. */
export const findAgreement = (ctx: Ctx, id: string): Promise<Agreement | undefined> =>
  store.findById(ctx.tx, id, readingOf(ctx));

/** Like {@link findAgreement}, held until the transaction ends.
 * @throws AppError `agreement.not-found` */
export const lockAgreement = async (ctx: Ctx, id: string): Promise<Agreement> =>
  found('agreement', await store.lockById(ctx.tx, id, readingOf(ctx)));

/** The company's day. */
export const todayOf = (ctx: Ctx): Day => dayIn(ctx.now, ctx.policies.company.timeZone);

/** Terms as they are typed: a line that is new has no number yet. */
export type TypedTerms = Omit<AgreementTerms, 'lines'> & { readonly lines: readonly TypedLine[] };
type TypedLine = Omit<AgreementTermsLine, 'lineNo' | 'formula'> & {
  readonly lineNo: number | null;
  readonly formula?: string | null;
};

/**
 * Writes the first version of an agreement. Gives its id.
 * @throws AppError `supplier.not-found`, `agreement.supplier-not-registered`, `agreement.unknown-place`
 */
export async function draftAgreement(
  ctx: Ctx,
  of: {
    supplierId: string;
    terms: TypedTerms;
    /** The award it is made of, and who answers for it. */
    award?: { readonly id: string; readonly ownerId: string };
  },
): Promise<string> {
  const supplier = await findSupplier(ctx, of.supplierId);
  if (of.award === undefined && !isInvitable(supplier))
    throw ruleBroken('agreement.supplier-not-registered', 'Only a registered supplier agrees to anything');
  const terms = { ...of.terms, lines: linesOf(of.terms, [], []) };
  await assertPlaces(ctx, terms);
  const id = newId();
  const authorId = found('user', of.award?.ownerId ?? ctx.actor.userId);
  const reference = await nextReference(ctx.tx, 'AGR', ctx.now);
  const state = agreementLifecycle.initial;
  await store.insertAgreement(ctx.tx, {
    id,
    reference,
    supplierId: supplier.id,
    ownerId: authorId,
    awardId: of.award?.id ?? null,
    state,
    terms,
    createdAt: ctx.now,
  });
  await versions.insertVersion(ctx.tx, {
    id: newId(),
    agreementId: id,
    version: 1,
    state: agreementVersionLifecycle.initial,
    reason: '',
    authorId,
    terms,
    createdAt: ctx.now,
  });
  await record(ctx, {
    action: 'agreement.drafted',
    subject: { type: 'agreement', id },
    to: state,
    changes: { reference, supplierId: supplier.id },
  });
  return id;
}

/**
 * Changes the terms of the version that is being written; with null for its lines they stay as they are.
 * @throws AppError `agreement.not-found`, `agreement_version.not-found`, `agreement_version.cannot-edit`,
 * `agreement.changed-meanwhile`, `agreement.unknown-place`
 */
export async function reviseTerms(
  ctx: Ctx,
  of: {
    agreementId: string;
    rowVersion: number;
    terms: Omit<TypedTerms, 'lines'> & { readonly lines: TypedTerms['lines'] | null };
  },
): Promise<void> {
  const agreement = await lockAgreement(ctx, of.agreementId);
  const before = await openVersionOf(ctx, agreement.id);
  assertUnchanged(before, of.rowVersion);
  if (before.state !== 'draft')
    throw ruleBroken('agreement_version.cannot-edit', 'It is approved or signed as it was submitted');
  const inForce = await store.findLines(ctx.tx, agreement.id);
  const terms: AgreementTerms = {
    ...of.terms,
    lines:
      of.terms.lines === null
        ? before.terms.lines
        : linesOf(
            { ...of.terms, lines: of.terms.lines },
            [...before.terms.lines, ...inForce],
            before.terms.lines,
          ),
  };
  await assertPlaces(ctx, terms);
  await versions.saveVersionTerms(ctx.tx, { id: before.id, terms });
  if (agreement.inForceVersion === null) await store.saveTerms(ctx.tx, agreement.id, terms);
  await record(ctx, {
    action: 'agreement.revised',
    subject: { type: 'agreement', id: agreement.id },
    changes: { version: before.version, lines: terms.lines.length },
  });
}

/**
 * Begins the next version of an active agreement with the terms in force. Gives its number.
 * @throws AppError `agreement.not-found`, `agreement.not-active`, `agreement.version-open`
 */
export async function startVersion(
  ctx: Ctx,
  of: { agreementId: string; reason: string; change?: (terms: AgreementTerms) => AgreementTerms },
): Promise<number> {
  const agreement = await lockAgreement(ctx, of.agreementId);
  if (agreement.state !== 'active' || agreement.inForceVersion === null)
    throw ruleBroken('agreement.not-active', 'Only an active agreement gets another version', {
      state: agreement.state,
    });
  const all = await versions.findVersions(ctx.tx, agreement.id);
  if (all.some(isOpen))
    throw ruleBroken('agreement.version-open', 'A version is being written or signed already');
  const inForce = found(
    'agreement_version',
    all.find((one) => one.version === agreement.inForceVersion),
  );
  const version = (all[0]?.version ?? 0) + 1;
  await versions.insertVersion(ctx.tx, {
    id: newId(),
    agreementId: agreement.id,
    version,
    state: agreementVersionLifecycle.initial,
    reason: of.reason,
    authorId: ctx.actor.userId,
    terms: of.change === undefined ? inForce.terms : of.change(inForce.terms),
    createdAt: ctx.now,
  });
  await record(ctx, {
    action: 'agreement.version-started',
    subject: { type: 'agreement', id: agreement.id },
    reason: of.reason,
    changes: { version },
  });
  return version;
}

const isOpen = ({ state }: AgreementVersion): boolean =>
  state === 'draft' || state === 'pending_approval' || state === 'pending_signature';

/** @throws AppError `agreement_version.not-found` */
export const openVersionOf = async (ctx: Ctx, agreementId: string): Promise<AgreementVersion> =>
  found('agreement_version', await versions.findOpenVersion(ctx.tx, agreementId));

/** @throws AppError `agreement.changed-meanwhile` */
export function assertUnchanged(version: AgreementVersion, rowVersion: number): void {
  if (version.rowVersion !== rowVersion)
    throw conflict('agreement.changed-meanwhile', 'Somebody changed it meanwhile');
}

/** Lines keep the numbers they have ever had; what is new gets the next one. */
export function numbered<Line extends { readonly lineNo: number | null }>(
  lines: readonly Line[],
  known: readonly { readonly lineNo: number }[],
): (Line & { readonly lineNo: number })[] {
  const free = new Set(known.map(({ lineNo }) => lineNo));
  let last = Math.max(0, ...free);
  return lines.map((line) => {
    if (line.lineNo !== null && free.delete(line.lineNo)) return { ...line, lineNo: line.lineNo };
    last += 1;
    return { ...line, lineNo: last };
  });
}

/** The lines as they are kept: a formula goes on from where it began, as long as it is the same. */
export function linesOf(
  terms: TypedTerms,
  known: readonly { readonly lineNo: number }[],
  before: readonly AgreementTermsLine[],
): AgreementTermsLine[] {
  const earlierBy = new Map(before.map(({ lineNo, formula }) => [lineNo, formula]));
  return numbered(terms.lines, known).map(({ formula: expression = null, ...line }) => {
    if (expression === null) return line;
    const earlier = earlierBy.get(line.lineNo);
    if (earlier?.expression === expression) return { ...line, formula: earlier };
    const baseMonth = (line.validFrom ?? terms.validFrom).slice(0, 7);
    return { ...line, formula: { expression, baseMonth, baseTiers: line.tiers } };
  });
}

/** @throws AppError `agreement.unknown-place` for a plant or category that is not there, or not the actor's */
async function assertPlaces(ctx: Ctx, terms: AgreementTerms): Promise<void> {
  const { plants, categories } = placesOf(ctx.actor);
  const known = {
    plants: (await listPlants(ctx)).map(({ code }) => code),
    categories: (await listCategories(ctx)).map(({ code }) => code),
  };
  const mayBe = (code: string, all: readonly string[], own: readonly string[] | null): boolean =>
    all.includes(code) && (own === null || own.includes(code));
  const isKnown =
    terms.plantCodes.every((code) => mayBe(code, known.plants, plants)) &&
    mayBe(terms.categoryCode, known.categories, categories);
  if (!isKnown) throw ruleBroken('agreement.unknown-place', 'An unknown plant or category');
}

/** Who wrote the version that is open: they are not asked to approve or to sign it. */
export async function findWriters(ctx: Ctx, agreementId: string): Promise<readonly string[]> {
  const open = await versions.findOpenVersion(ctx.tx, agreementId);
  return open === undefined ? [] : writersOf(open);
}

/**
 * The SHA-256 of the text that both sides are asked to sign.
 * @throws AppError `agreement_version.not-found` where none is offered
 */
export const findOfferedText = async (ctx: Ctx, agreementId: string): Promise<string> =>
  found('agreement_version', (await openVersionOf(ctx, agreementId)).sha256);
