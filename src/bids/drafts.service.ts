import { record } from '../audit/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import {
  type EventItem,
  findEventForSupplier,
  findInvitation,
  findLots,
  findPlan,
  findRoundFor,
  type Invitation,
  isKnockOut,
  type Lot,
  markInvitation,
  type Requirement,
  type SourcingEvent,
} from '../sourcing/index.ts';
import { type AskedItem, findAskedItems } from './asked-items.queries.ts';
import * as bids from './bid.store.ts';
import {
  assertMayBeWritten,
  assertReadable,
  assertTakesBids,
  type Bid,
  isReadableByServer,
  type ReadBy,
} from './bid.ts';
import {
  type BidDraft,
  type DraftAnswer,
  type DraftLine,
  emptyDraft,
  emptyLine,
  isSameDraft,
  mergeLine,
  type TypedLine,
} from './bid-draft.ts';
import { rulesOf } from './bid-rules.ts';
import { carryFiles } from './carried-files.service.ts';
import * as store from './draft.store.ts';
import { ensureSealingKeys } from './event-keys.service.ts';
import { pad, unpad } from './sealing.ts';
import { redraft } from './settling.service.ts';
import { readWholeDraft, type WholeDraft } from './whole-draft.ts';

/** The supplier whose user acts; for everybody else no bid of one's own exists. */
export const ownSupplierId = (ctx: Ctx): string => found('bid', ctx.actor.supplierId);

/** A draft with all that a person sees of it. */
export type DraftPage = {
  readonly bid: Bid;
  readonly event: SourcingEvent;
  readonly lots: readonly Lot[];
  readonly items: readonly AskedItem[];
  /** Lines that this round does not ask again: they stay as they were offered. */
  readonly fixedItemIds: ReadonlySet<string>;
  readonly draft: BidDraft;
  readonly revision: number;
  readonly savedAt: Date;
  /** True while the draft says something that the last submission does not. */
  readonly isUnsubmitted: boolean;
} & WholeDraft;

/**
 * Begins a bid, or gives the one that stands already; one that an amendment made invalid is taken up again. Beginning is accepting the invitation.
 * @throws AppError `sourcing_event.not-found`, `bid.deadline-passed`, `bid.event-not-open`, `bid.invitation-ended`
 */
export async function startBid(ctx: Ctx, eventId: string): Promise<string> {
  const supplierId = ownSupplierId(ctx);
  const event = await findEventForSupplier(ctx, eventId);
  const invitation = found('sourcing_event', await findInvitation(ctx, eventId, supplierId));
  const newest = await bids.findStandingBid(ctx.tx, eventId, supplierId);
  const standing = newest?.round === event.round ? newest : undefined;
  if (standing !== undefined && standing.state !== 'invalid') return standing.id;
  assertTakesBids(event, ctx.now);
  assertMayAnswer(invitation);
  if (standing !== undefined) {
    await redraft(ctx, standing);
    return standing.id;
  }
  await ensureSealingKeys(ctx, eventId);
  await respondTo(ctx, invitation);
  const bid: Bid = {
    id: newId(),
    reference: await nextReference(ctx.tx, 'BID', ctx.now),
    eventId,
    supplierId,
    state: 'draft',
    currentVersion: 0,
    sealingLevel: event.sealingLevel,
    round: event.round,
  };
  if (!(await bids.insertBid(ctx.tx, bid, ctx.now)))
    throw conflict('bid.changed-meanwhile', 'The bid was begun in another window');
  await store.insertDraft(ctx.tx, bid.id, {
    // Where the browser seals, there is nothing until it has sealed.
    sealed: isReadableByServer(bid)
      ? sealDraft(ctx, bid.id, await firstDraft(ctx, event, { bid, earlier: newest ?? null }))
      : Buffer.alloc(0),
    revision: 1,
    submittedRevision: null,
    savedAt: ctx.now,
  });
  await record(ctx, { action: 'bid.draft-started', subject: { type: 'bid', id: bid.id }, to: bid.state });
  return bid.id;
}

/** What the earlier round's bid said, or nothing yet; it holds as long as the buyer asks for. */
async function firstDraft(
  ctx: Ctx,
  event: SourcingEvent,
  of: { bid: Bid; earlier: Bid | null },
): Promise<BidDraft> {
  const { bid, earlier } = of;
  const begun =
    earlier === null || earlier.sealingLevel !== 'on_arrival'
      ? emptyDraft
      : await loadDraft(ctx, earlier.id).then(async ({ draft }) => ({
          ...draft,
          files: await carryFiles(ctx, { from: earlier.id, to: bid.id, files: draft.files }),
        }));
  const { validUntilAtLeast } = rulesOf(event);
  return validUntilAtLeast === null ? begun : { ...begun, validUntilOn: validUntilAtLeast };
}

/** @throws AppError `bid.invitation-ended` for who declined or is no longer invited */
export function assertMayAnswer(invitation: Pick<Invitation, 'state'>): void {
  if (invitation.state === 'declined' || invitation.state === 'uninvited')
    throw ruleBroken('bid.invitation-ended', 'The invitation has ended');
}

/** Moves the invitation to `responding`, over the steps that lie between. */
async function respondTo(ctx: Ctx, { eventId, supplierId, state }: Invitation): Promise<void> {
  if (state === 'invited' || state === 'viewed')
    await markInvitation(ctx, { eventId, supplierId, action: 'accept' });
  if (state !== 'responding' && state !== 'submitted')
    await markInvitation(ctx, { eventId, supplierId, action: 'respond' });
}

/** @throws AppError `bid.not-found`, also for another supplier's */
export const getOwnBid = async (ctx: Ctx, bidId: string): Promise<Bid> =>
  found('bid', await bids.findOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));

/** @throws AppError `bid.not-found`, also for another supplier's: we do not say that it exists */
export async function getDraft(ctx: Ctx, bidId: string, to: ReadBy = 'write'): Promise<DraftPage> {
  const bid = found('bid', await bids.findOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  return pageOf(ctx, bid, to);
}

async function pageOf(ctx: Ctx, bid: Bid, to: ReadBy = 'write'): Promise<DraftPage> {
  assertReadable(bid, to);
  const event = await findEventForSupplier(ctx, bid.eventId);
  const items = await findAskedItems(ctx, bid);
  const lots = await findLots(ctx, bid.eventId);
  const { submittedRevision, ...kept } = await loadDraft(ctx, bid.id);
  const { requirements } = await findPlan(ctx, bid.eventId);
  const read = readWhole(kept.draft, { event, items, requirements });
  const fixedItemIds = await findFixed(ctx, event, { supplierId: bid.supplierId, items });
  return {
    bid,
    event,
    lots,
    items,
    fixedItemIds,
    ...read,
    ...kept,
    isUnsubmitted: submittedRevision !== kept.revision,
  };
}

/** What the newest round leaves out; nothing in the first, and where it asks everything again. */
export async function findFixed(
  ctx: Ctx,
  event: SourcingEvent,
  of: { supplierId: string; items: readonly EventItem[] },
): Promise<ReadonlySet<string>> {
  if (event.round === 1) return new Set();
  const round = await findRoundFor(ctx, { eventId: event.id, supplierId: of.supplierId });
  const asked = round?.itemIds ?? null;
  return new Set(asked === null ? [] : of.items.map(({ id }) => id).filter((id) => !asked.includes(id)));
}

/** The draft of a bid the actor was found to own. */
export async function loadDraft(
  ctx: Ctx,
  bidId: string,
): Promise<Pick<DraftPage, 'draft' | 'revision' | 'savedAt'> & { submittedRevision: number | null }> {
  const { sealed, ...facts } = found('bid', await store.findStoredDraft(ctx.tx, bidId));
  return { ...facts, draft: unsealDraft(ctx, bidId, sealed) };
}

/** Like {@link getDraft}, holding the bid until the transaction ends; only while the draft may still be written. */
export async function lockDraft(ctx: Ctx, bidId: string): Promise<DraftPage> {
  const bid = found('bid', await bids.lockOwnBid(ctx.tx, bidId, ownSupplierId(ctx)));
  const page = await pageOf(ctx, bid);
  assertMayBeWritten(bid, page.event, ctx.now);
  return page;
}

/**
 * Keeps what was typed, readable or not. Saving makes no event row: nothing has been said to anybody yet.
 * @throws AppError `bid.changed-meanwhile` when another window or colleague saved since `revision`,
 * `bid.deadline-passed`, `bid.event-not-open`, `bid.cannot-submit`, `bid.not-found`
 */
export async function saveDraft(
  ctx: Ctx,
  form: { bidId: string; revision: number } & TypedDraft,
): Promise<DraftPage> {
  const page = await lockDraft(ctx, form.bidId);
  const draft: BidDraft = {
    // A page that does not ask for something leaves it as it is.
    ...page.draft,
    lines: { ...page.draft.lines, ...mergeLines(page, form.lines) },
    note: form.note ?? page.draft.note,
    // Prices that stay are in the currency they were offered in.
    currency: page.fixedItemIds.size > 0 ? page.draft.currency : (form.currency ?? page.draft.currency),
    validUntilOn: form.validUntilOn ?? page.draft.validUntilOn,
    ...withAnswers(page, form.answers ?? {}),
  };
  // The same again is an answer that got lost on its way: nothing to save, and nobody to quarrel with.
  if (isSameDraft(draft, page.draft)) return page;
  assertRevision(page, form.revision);
  return putDraft(ctx, page, draft);
}

/** What a form says of a draft: what it does not have stays as it is. */
type TypedLines = Readonly<Record<string, TypedLine>>;
type TypedAnswers = Readonly<Record<string, { readonly answer: string }>>;
type TypedDraft = { readonly lines: TypedLines; readonly answers?: TypedAnswers } & {
  readonly [K in 'note' | 'currency' | 'validUntilOn']?: string | undefined;
};

/** Prices and answers together, as they would be submitted. */
export const readWhole = (
  draft: BidDraft,
  of: { event: SourcingEvent; items: readonly AskedItem[]; requirements: readonly Requirement[] },
): WholeDraft => readWholeDraft(draft, { ...of, rules: rulesOf(of.event) }, isKnockOut);

/** Answers to questions that the event does not ask are left out; files stay with their question. */
function withAnswers(
  { draft, responses }: DraftPage,
  typed: TypedAnswers,
): Pick<BidDraft, 'notes' | 'answers'> {
  const notes = draft.notes === undefined ? {} : { notes: draft.notes };
  const changed = responses.flatMap(({ requirement: { id } }): [string, DraftAnswer][] => {
    const answer = typed[id]?.answer;
    return answer === undefined ? [] : [[id, { answer, fileIds: draft.answers?.[id]?.fileIds ?? [] }]];
  });
  if (changed.length === 0) return draft.answers === undefined ? notes : { ...notes, answers: draft.answers };
  return { ...notes, answers: { ...draft.answers, ...Object.fromEntries(changed) } };
}

/** Lines that the event does not have, or does not ask again, are left out. */
function mergeLines({ items, fixedItemIds, draft }: DraftPage, typed: TypedLines): Record<string, DraftLine> {
  const known = new Map(items.filter(({ id }) => !fixedItemIds.has(id)).map(({ id, unit }) => [id, unit]));
  return Object.fromEntries(
    Object.entries(typed).flatMap(([id, line]) => {
      const unit = known.get(id);
      return unit === undefined ? [] : [[id, mergeLine(draft.lines[id] ?? emptyLine, line, unit)]];
    }),
  );
}

function assertRevision(page: DraftPage, revision: number): void {
  if (page.revision !== revision)
    throw conflict('bid.changed-meanwhile', 'The draft was saved in another window', {
      revision: page.revision,
    });
}

/** Writes the draft as its next revision. */
export async function putDraft(ctx: Ctx, page: DraftPage, draft: BidDraft): Promise<DraftPage> {
  const revision = page.revision + 1;
  const sealed = sealDraft(ctx, page.bid.id, draft);
  await store.saveStoredDraft(ctx.tx, page.bid.id, { sealed, revision, savedAt: ctx.now });
  const requirements = page.responses.map((response) => response.requirement);
  return {
    ...page,
    draft,
    ...readWhole(draft, { ...page, requirements }),
    revision,
    savedAt: ctx.now,
    isUnsubmitted: true,
  };
}

const placeOfDraft = (bidId: string): string => `bid_draft.sealed.${bidId}`;
export const sealDraft = (ctx: Ctx, bidId: string, draft: BidDraft): Buffer =>
  ctx.keyRing.seal(pad(Buffer.from(JSON.stringify(draft))), placeOfDraft(bidId));
const unsealDraft = (ctx: Ctx, bidId: string, sealed: Buffer): BidDraft =>
  JSON.parse(
    Buffer.from(unpad(ctx.keyRing.unseal(sealed, placeOfDraft(bidId)))).toString('utf8'),
  ) as BidDraft;
