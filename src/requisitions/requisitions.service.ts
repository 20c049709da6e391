import { record } from '../audit/index.ts';
import { listCategories, listPlants } from '../catalog/index.ts';
import { mayUse } from '../identity/index.ts';
import { personsOf } from '../kernel/actor.ts';
import { conflict, type FieldError, found, invalid, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { placesOf } from '../platform/db/scope.ts';
import { wholeLines } from './parts.ts';
import * as store from './requisition.store.ts';
import {
  assertIsDraft,
  assertLineCount,
  estimatedValueOf,
  type NewRequisitionLine,
  type Requisition,
  type RequisitionTerms,
  requisitionLifecycle,
} from './requisition.ts';

/** Whose requisitions the actor reads: everybody its own; who buys, approves, pays or checks those in its scope. */
export const readingOf = (ctx: Ctx): store.Reading => ({
  ...placesOf(ctx.actor),
  userIds: personsOf(ctx.actor),
  isOwnOnly: ctx.actor.kind !== 'system' && !mayUse(ctx, 'requisition.oversee'),
});

/** What a new requisition is made from. */
export type NewRequisition = RequisitionTerms & { readonly lines: readonly NewRequisitionLine[] };

/**
 * Starts a requisition as a draft of the one who acts, or of `requesterId` where a system sends it. Gives its id.
 * @throws AppError `form.invalid` for an unknown category or plant, `requisition.has-too-many-lines`,
 * `requisition.needs-a-requester`
 */
export async function createRequisition(
  ctx: Ctx,
  input: NewRequisition,
  from: { requesterId: string; source: string; externalReference: string | null } | null = null,
): Promise<string> {
  const { lines, ...terms } = input;
  await assertKnownPlaces(ctx, input);
  assertLineCount(lines.length, ctx.policies.limits.eventLines);
  // Made for somebody absent, it is theirs when they are back.
  const requesterId = from?.requesterId ?? ctx.actor.onBehalfOf?.userId ?? ctx.actor.userId;
  if (requesterId === null) throw ruleBroken('requisition.needs-a-requester', 'It belongs to a person');
  const requisition: Requisition = {
    ...terms,
    id: newId(),
    reference: await nextReference(ctx.tx, 'PR', ctx.now),
    state: requisitionLifecycle.initial,
    estimatedValue: estimatedValueOf(lines, terms.currency),
    requesterId,
    source: from?.source ?? 'portal',
    externalReference: from?.externalReference ?? null,
    submittedAt: null,
    createdAt: ctx.now,
    version: 1,
  };
  await store.insertRequisition(ctx.tx, requisition);
  await store.replaceLines(ctx.tx, { requisitionId: requisition.id, lines });
  await record(ctx, {
    action: 'requisition.created',
    subject: { type: 'requisition', id: requisition.id },
    to: requisition.state,
    changes: {
      reference: requisition.reference,
      lineCount: lines.length,
      ...(from === null ? {} : { source: from.source, externalReference: from.externalReference }),
    },
  });
  return requisition.id;
}

/**
 * Changes a draft: its terms, and its lines where they are given. One that was given back is a draft again. `version`
 * is the one the editor saw.
 * @throws AppError `requisition.not-found`, `requisition.is-no-draft`, `requisition.changed-meanwhile`,
 * `form.invalid`, `requisition.has-too-many-lines`
 */
export async function reviseRequisition(
  ctx: Ctx,
  to: RequisitionTerms & {
    requisitionId: string;
    version: number;
    lines: readonly NewRequisitionLine[] | null;
  },
): Promise<void> {
  const before = await lockDraft(ctx, to);
  const lines = to.lines ?? (await store.findLines(ctx.tx, [before.id]));
  await assertKnownPlaces(ctx, { ...to, lines });
  assertLineCount(lines.length, ctx.policies.limits.eventLines);
  if (to.lines !== null) await store.replaceLines(ctx.tx, { requisitionId: before.id, lines: to.lines });
  await saveRevision(ctx, before, { ...to, estimatedValue: estimatedValueOf(lines, to.currency) });
  await recordRevision(ctx, before, { action: 'revised', lineCount: lines.length });
}

/**
 * Takes lines that somebody looked at in a preview into a draft, beside those there or instead of them.
 * @throws AppError as {@link reviseRequisition}
 */
export async function importLines(
  ctx: Ctx,
  of: {
    requisitionId: string;
    version: number;
    mode: 'add' | 'replace';
    lines: readonly NewRequisitionLine[];
  },
): Promise<void> {
  const before = await lockDraft(ctx, of);
  const existing = of.mode === 'add' ? await store.findLines(ctx.tx, [before.id]) : [];
  const lines = [...existing, ...of.lines];
  await assertKnownPlaces(ctx, { ...before, lines });
  assertLineCount(lines.length, ctx.policies.limits.eventLines);
  await store.replaceLines(ctx.tx, { requisitionId: before.id, lines });
  await saveRevision(ctx, before, {
    ...before,
    estimatedValue: estimatedValueOf(lines, before.currency),
  });
  await recordRevision(ctx, before, { action: 'lines-imported', lineCount: of.lines.length });
}

/** @throws AppError `requisition.not-found`, `requisition.is-no-draft`, `requisition.changed-meanwhile` */
async function lockDraft(ctx: Ctx, of: { requisitionId: string; version: number }): Promise<Requisition> {
  const requisition = await lockOwn(ctx, of.requisitionId);
  assertIsDraft(requisition);
  if (requisition.version !== of.version) throw changedMeanwhile(requisition);
  return requisition;
}

const changedMeanwhile = (requisition: Requisition) =>
  conflict('requisition.changed-meanwhile', 'Somebody else changed it meanwhile', {
    reference: requisition.reference,
  });

async function saveRevision(
  ctx: Ctx,
  before: Requisition,
  to: RequisitionTerms & { estimatedValue: string | null },
): Promise<void> {
  const state =
    before.state === 'returned' ? requisitionLifecycle.next(before.state, 'revise') : before.state;
  const saved = await store.saveTerms(ctx.tx, { ...to, state, id: before.id, version: before.version });
  if (!saved) throw changedMeanwhile(before);
}

const recordRevision = (
  ctx: Ctx,
  before: Requisition,
  of: { action: string; lineCount: number },
): Promise<string> =>
  record(ctx, {
    action: `requisition.${of.action}`,
    subject: { type: 'requisition', id: before.id },
    from: before.state,
    to: 'draft',
    changes: { reference: before.reference, lineCount: of.lineCount },
  });

/**
 * What is copied is asked for again by the one who acts: the same lines, without their days. Gives the new draft's id.
 * @throws AppError `requisition.not-found`
 */
export async function copyRequisition(ctx: Ctx, requisitionId: string): Promise<string> {
  const { title, note, categoryCode, plantCode, currency, id } = await findRequisition(ctx, requisitionId);
  const lines = await store.findLines(ctx.tx, [id]);
  return createRequisition(ctx, {
    title,
    note,
    categoryCode,
    plantCode,
    currency,
    lines: wholeLines(lines).map((line) => ({ ...line, needByOn: null })),
  });
}

/** The last one that the actor asked for; a new form begins with its places and account. */
export const findLastRequisition = (ctx: Ctx): Promise<Requisition | undefined> =>
  store.findLastOf(ctx.tx, ctx.actor.onBehalfOf?.userId ?? ctx.actor.userId ?? '');

/** For reading. @throws AppError `requisition.not-found` */
export const findRequisition = async (ctx: Ctx, id: string): Promise<Requisition> =>
  found('requisition', await store.findById(ctx.tx, id, readingOf(ctx)));

export const findRequisitionLines = (ctx: Ctx, id: string) => store.findLines(ctx.tx, [id]);

/** For deciding: held until the transaction ends. @throws AppError `requisition.not-found` */
export const lockRequisition = async (ctx: Ctx, id: string): Promise<Requisition> =>
  found('requisition', await store.lockById(ctx.tx, id, readingOf(ctx)));

/** One's own, to change it: what others asked for is read and decided on, not written. @throws AppError `requisition.not-found` */
export async function lockOwn(ctx: Ctx, id: string): Promise<Requisition> {
  const requisition = await lockRequisition(ctx, id);
  const isOwn = ctx.actor.kind === 'system' || isOwnOf(ctx, requisition);
  return found('requisition', isOwn ? requisition : undefined);
}

/** One's own, to look at its form. @throws AppError `requisition.not-found` */
export async function getOwn(ctx: Ctx, id: string): Promise<Requisition> {
  const requisition = await findRequisition(ctx, id);
  return found('requisition', isOwnOf(ctx, requisition) ? requisition : undefined);
}

/** Did the actor ask for it, itself or for somebody? */
export const isOwnOf = (ctx: Ctx, requisition: Pick<Requisition, 'requesterId'>): boolean =>
  personsOf(ctx.actor).includes(requisition.requesterId);

/** Codes that nothing bears, or that lie outside of the actor's scope, are refused at their fields. */
async function assertKnownPlaces(
  ctx: Ctx,
  of: Pick<RequisitionTerms, 'categoryCode' | 'plantCode'> & { lines: readonly NewRequisitionLine[] },
): Promise<void> {
  const within = placesOf(ctx.actor);
  const categories = (await listCategories(ctx)).map(({ code }) => code);
  const plants = (await listPlants(ctx)).map(({ code }) => code);
  const isCategory =
    categories.includes(of.categoryCode) && within.categories?.includes(of.categoryCode) !== false;
  const isPlant = (code: string): boolean => plants.includes(code) && within.plants?.includes(code) !== false;
  const paths = [
    ...(isCategory ? [] : ['categoryCode']),
    ...(isPlant(of.plantCode) ? [] : ['plantCode']),
    ...of.lines.flatMap((line, index) => (isPlant(line.plantCode) ? [] : [`lines.${index}.plantCode`])),
  ];
  const wrong = paths.map(
    (path): FieldError => ({
      path,
      code: 'form.invalid-choice',
      message: 'Choose one of the listed values.',
    }),
  );
  if (wrong.length > 0) throw invalid('form.invalid', 'The form has errors', wrong);
}
