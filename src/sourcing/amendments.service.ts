import { withdrawApproval } from '../approvals/index.ts';
import { record } from '../audit/index.ts';
import { attachUploads, removeAttachment } from '../documents/index.ts';
import { conflict, found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import * as store from './amendment.store.ts';
import { type Amendment, amendmentLifecycle, assertAmendable, assertAmendmentIsDraft } from './amendment.ts';
import { type AmendableTerms, proposalOf } from './amendment-difference.ts';
import { presentFiles } from './amendment-prospect.service.ts';
import { assertLineCount, type ItemDetails, type NewEventItem } from './event-item.ts';
import { findStructure } from './event-lines.service.ts';
import { assertLotCount, assertLotsKnown, type NewLot } from './lot.ts';
import { findEvent, lockEvent } from './sourcing.service.ts';
import type { SourcingEvent } from './sourcing-event.ts';

export type AmendmentId = { readonly eventId: string; readonly id: string };
export type AmendmentSeen = AmendmentId & { readonly version: number };

/**
 * Begins an amendment, or gives the one that is in the making: while it is drafted the event goes on, and nobody
 * outside knows. Gives its id.
 * @throws AppError `sourcing_event.not-found`, `amendment.event-not-open`
 */
export async function draftAmendment(ctx: Ctx, eventId: string): Promise<string> {
  const event = await lockEvent(ctx, eventId);
  const present = await store.findInTheMaking(ctx.tx, eventId);
  if (present !== undefined) return present;
  assertAmendable(event, await ctx.readClock(ctx.tx));
  const { items } = await findStructure(ctx, eventId);
  const amendment: Amendment = {
    id: newId(),
    eventId,
    number: null,
    state: amendmentLifecycle.initial,
    round: event.round,
    eventVersion: event.version,
    proposal: proposalOf(event, items),
    touchesAll: false,
    reason: '',
    changes: null,
    closesAtBefore: null,
    closesAt: null,
    draftedBy: found('user', ctx.actor.userId),
    createdAt: ctx.now,
    approvalRequestedBy: null,
    approvedBy: null,
    publishedBy: null,
    publishedAt: null,
    settledAt: null,
    version: 1,
  };
  await store.insertAmendment(ctx.tx, amendment);
  await recordAmendment(ctx, { before: null, after: amendment, act: 'drafted' });
  return amendment.id;
}

/** A part of the lines as it was typed: those from `first` on, in place of so many; the others stay as proposed. */
export type TypedLines = {
  readonly first: number;
  readonly count: number;
  readonly items: readonly NewEventItem[];
};

/**
 * Changes a draft. `version` is the one the editor saw.
 * @throws AppError `amendment.not-found`, `amendment.is-no-draft`, `amendment.changed-meanwhile`,
 * `sourcing_event.has-too-many-lines`, `sourcing_event.has-too-many-lots`, `form.invalid` for a line whose lot is not there
 */
export async function reviseAmendment(
  ctx: Ctx,
  to: AmendmentSeen & {
    terms: AmendableTerms;
    // What is not given stays as it was proposed.
    lines?: TypedLines | null;
    lots?: readonly NewLot[] | null;
    /** Which number each lot has now that had another. */
    lotNos?: ReadonlyMap<number, number>;
    removedFileIds?: readonly string[];
    touchesAll: boolean;
    reason: string;
  },
): Promise<void> {
  const { event, amendment } = await lockBoth(ctx, to);
  assertAmendmentSeen(amendment, to.version);
  assertAmendmentIsDraft(amendment);
  const { terms, touchesAll, reason, lotNos = null } = to;
  const known = await findStructure(ctx, event.id);
  const drafted = amendment.proposal.lots ?? [];
  const lots = keepingKnown(to.lots ?? amendment.proposal.lots, [...known.lots, ...drafted]);
  const items = withTyped(amendment.proposal.items, to.lines ?? null, known.items).map((item) =>
    (to.lots ?? null) === null || lotNos === null
      ? item
      : { ...item, lotNo: lotNos.get(item.lotNo ?? 0) ?? null },
  );
  assertLineCount(items.length, ctx.policies.limits.eventLines);
  assertLotCount((lots ?? known.lots).length);
  assertLotsKnown(lots ?? known.lots, items);
  const files = new Set((await presentFiles(ctx, event.id)).map((file) => file.id));
  const removedFileIds = (to.removedFileIds ?? amendment.proposal.removedFileIds).filter((id) =>
    files.has(id),
  );
  const proposal = { ...amendment.proposal, terms, items, lots, removedFileIds };
  await saveRevised(ctx, amendment, { proposal, touchesAll, reason, eventVersion: event.version });
}

/** An id that is neither of this event nor of this draft is none; a new lot has one of its own, so that questions can name it. */
const keepingKnown = (lots: readonly NewLot[] | null, known: readonly NewLot[]): readonly NewLot[] | null => {
  const ids = new Set(known.map((lot) => lot.id));
  return lots?.map((lot) => (ids.has(lot.id) ? lot : { ...lot, id: newId() })) ?? null;
};

/** What is typed of a line goes over what was proposed of it, its details stay. */
function withTyped(
  proposed: readonly NewEventItem[],
  typed: TypedLines | null,
  known: readonly NewEventItem[],
): NewEventItem[] {
  if (typed === null) return [...proposed];
  const there = new Map([...known, ...proposed].map((item) => [item.id, item]));
  const items = typed.items.map((item): NewEventItem => {
    const before = item.id === undefined ? undefined : there.get(item.id);
    // A new line is known by an id of its own while it is drafted; the event gives it another.
    return before === undefined ? { ...item, id: newId() } : { ...before, ...item };
  });
  return [...proposed.slice(0, typed.first), ...items, ...proposed.slice(typed.first + typed.count)];
}

/**
 * Says more of a line that an amendment proposes.
 * @throws AppError `event_item.not-found`, and as {@link reviseAmendment}
 */
export async function detailAmendedItem(
  ctx: Ctx,
  to: AmendmentSeen & { itemId: string; details: ItemDetails },
): Promise<void> {
  const { event, amendment } = await lockBoth(ctx, to);
  assertAmendmentSeen(amendment, to.version);
  assertAmendmentIsDraft(amendment);
  const item = proposedItem(amendment, to.itemId);
  const items = amendment.proposal.items.map((one) => (one === item ? { ...one, ...to.details } : one));
  const proposal = { ...amendment.proposal, items };
  await saveRevised(ctx, amendment, { proposal, eventVersion: event.version });
}

/** @throws AppError `event_item.not-found` */
export const proposedItem = ({ proposal }: Amendment, itemId: string): NewEventItem =>
  found(
    'event_item',
    proposal.items.find((item) => item.id === itemId),
  );

async function saveRevised(ctx: Ctx, before: Amendment, to: Partial<Amendment>): Promise<void> {
  const after = { ...before, ...to };
  await store.saveAmendment(ctx.tx, after);
  await recordAmendment(ctx, { before, after, act: 'revised' });
}

/** Gives up an amendment that was not published; nobody outside knew of it.
 * @throws AppError `amendment.not-found`, `amendment.cannot-withdraw` */
export async function withdrawAmendment(ctx: Ctx, of: AmendmentId): Promise<void> {
  const { amendment } = await lockBoth(ctx, of);
  const after = { ...amendment, state: amendmentLifecycle.next(amendment.state, 'withdraw') };
  await withdrawApproval(ctx, { documentType: 'amendment', documentId: amendment.id });
  await store.saveAmendment(ctx.tx, after);
  await recordAmendment(ctx, { before: amendment, after, act: 'withdrawn' });
}

/** @throws AppError `amendment.not-found` */
export async function findAmendment(
  ctx: Ctx,
  of: AmendmentId,
): Promise<{ event: SourcingEvent; amendment: Amendment }> {
  const event = await findEvent(ctx, of.eventId);
  return { event, amendment: found('amendment', await store.findAmendment(ctx.tx, of)) };
}

/** The event first, whose lock everybody takes who moves an amendment. */
export async function lockBoth(
  ctx: Ctx,
  of: AmendmentId,
): Promise<{ event: SourcingEvent; amendment: Amendment }> {
  const event = await lockEvent(ctx, of.eventId);
  return { event, amendment: found('amendment', await store.lockAmendment(ctx.tx, of)) };
}

export function assertAmendmentSeen(amendment: Amendment, version: number): void {
  if (amendment.version !== version)
    throw conflict('amendment.changed-meanwhile', 'Somebody else changed the amendment meanwhile');
}

export async function recordAmendment(
  ctx: Ctx,
  of: { before: Amendment | null; after: Amendment; act: string; reason?: string },
): Promise<void> {
  await record(ctx, {
    action: `amendment.${of.act}`,
    subject: { type: 'amendment', id: of.after.id },
    from: of.before?.state ?? null,
    to: of.after.state,
    reason: of.reason ?? null,
    changes: { eventId: of.after.eventId },
  });
}

const filesOf = (id: string) => ({ type: 'amendment', id });

/** Adds files that go out with the amendment. @throws AppError `amendment.is-no-draft`, and what `attachUploads` throws */
export async function addAmendmentFiles(
  ctx: Ctx,
  of: AmendmentId,
  files: readonly UploadedFile[],
): Promise<void> {
  assertAmendmentIsDraft((await lockBoth(ctx, of)).amendment);
  await attachUploads(ctx, { subject: filesOf(of.id), visibility: 'participants', files });
}

/** @throws AppError `amendment.is-no-draft`, `document.not-found` */
export async function removeAmendmentFile(ctx: Ctx, of: AmendmentId & { documentId: string }): Promise<void> {
  assertAmendmentIsDraft((await lockBoth(ctx, of)).amendment);
  await removeAttachment(ctx, filesOf(of.id), of.documentId);
}
