import { record } from '../audit/index.ts';
import { findPlant, listCalendars, listCategories } from '../catalog/index.ts';
import type { Scope } from '../kernel/actor.ts';
import { conflict, found, invalid, notFound, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { ordinaryWeek } from '../kernel/working-days.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { placesOf } from '../platform/db/scope.ts';
import * as itemStore from './event-item.store.ts';
import { type EventItem, estimatedValueOf, type NewEventItem } from './event-item.ts';
import { findStructure, inLots, type Structure, saveStructure } from './event-lines.service.ts';
import { type EventSealing, initialSealing, inOpeningOrder } from './event-sealing.ts';
import { keepSources } from './event-sources.service.ts';
import { asksPrices, type EventTemplate, type EventType, eventTemplates } from './event-template.ts';
import * as invitationStore from './invitation.store.ts';
import type { Invitation } from './invitation.ts';
import * as lotStore from './lot.store.ts';
import { type ImportedItem, type Lot, type NewLot, placeImported } from './lot.ts';
import * as store from './sourcing-event.store.ts';
import {
  assertIsDraft,
  type EventTerms,
  type SourcingEvent,
  sourcingEventLifecycle,
} from './sourcing-event.ts';

/** What the terms are where nobody said otherwise. */
const defaultTerms = (template: EventTemplate) => ({
  enquiriesUntil: null,
  openingNotBefore: null,
  decisionByOn: null,
  calendarCode: null,
  bidCurrencies: [],
  takesPartialBids: template.takesPartialBids,
  bidValidDays: template.bidValidDays,
  calendar: ordinaryWeek,
});

/** Who reads: a supplier gets what was published to it, without our estimates; staff what is in their scope. */
const seenBy = (ctx: Ctx, id: string): Scope & { id: string; supplierId: string | null } => ({
  id,
  supplierId: ctx.actor.supplierId,
  ...placesOf(ctx.actor),
});

/** What a new event is made from; its kind is an RFQ unless it is said. */
export type NewEvent = EventTerms &
  Pick<Structure, 'items'> & { readonly eventType?: EventType; readonly lots?: readonly NewLot[] };

/**
 * Starts a purchase requirement as a draft of the one who acts. Gives its id.
 * @throws AppError `form.invalid` for an unknown category or plant, `sourcing_event.has-too-many-lines`,
 * `sourcing_event.needs-an-owner`
 */
export async function createEvent(ctx: Ctx, input: NewEvent): Promise<string> {
  const { items, lots = [], eventType = 'rfq', ...said } = input;
  const template = eventTemplates[eventType];
  const terms = { ...defaultTerms(template), ...said };
  await assertKnownPlaces(ctx, terms);
  // Made for somebody absent, it is theirs when they are back.
  const ownerId = ctx.actor.onBehalfOf?.userId ?? ctx.actor.userId;
  if (ownerId === null) throw ruleBroken('sourcing_event.needs-an-owner', 'An event belongs to a person');
  const event: SourcingEvent = {
    ...terms,
    ...initialSealing(template.envelopes),
    id: newId(),
    reference: await nextReference(ctx.tx, template.prefix, ctx.now),
    eventType,
    state: sourcingEventLifecycle.initial,
    estimatedValue: estimatedValueOf(items, terms.currency),
    ownerId,
    approvalRequestedBy: null,
    approvedBy: null,
    publishedAt: null,
    closedAt: null,
    openedAt: null,
    createdAt: ctx.now,
    audience: 'invited',
    round: 1,
    version: 1,
  };
  await store.insertEvent(ctx.tx, event);
  await saveStructure(ctx, event.id, { lots, items });
  await record(ctx, {
    action: 'sourcing_event.created',
    subject: { type: 'sourcing_event', id: event.id },
    to: event.state,
    changes: { reference: event.reference, eventType, lineCount: items.length, lotCount: lots.length },
  });
  return event.id;
}

/**
 * Changes a draft: its terms, and its lines where they are given. `version` is the one the editor saw.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.is-no-draft`,
 * `sourcing_event.changed-meanwhile`, `form.invalid`, `sourcing_event.has-too-many-lines`
 */
export async function reviseEvent(
  ctx: Ctx,
  to: EventTerms & {
    eventId: string;
    version: number;
    items: readonly NewEventItem[] | null;
    lots?: readonly NewLot[] | null;
  },
): Promise<void> {
  const event = await lockDraft(ctx, to);
  await assertKnownPlaces(ctx, to);
  const present = await findStructure(ctx, event.id);
  const lots = to.lots ?? present.lots;
  const items = to.items ?? inLots(await findEventItems(ctx, event.id), lots);
  if (to.items !== null || to.lots != null)
    await keepSources(ctx, event.id, () => saveStructure(ctx, event.id, { lots, items }));
  const terms = { ...event, ...to };
  await saveRevision(ctx, event, { ...terms, estimatedValue: estimatedValueOf(items, to.currency) });
  await record(ctx, {
    action: 'sourcing_event.revised',
    subject: { type: 'sourcing_event', id: event.id },
    changes: { fields: changedTerms(event, terms), lineCount: items.length, lotCount: lots.length },
  });
}

/**
 * Takes lines that somebody looked at in a preview into a draft, beside those there or instead of them.
 * @throws AppError as {@link reviseEvent}
 */
export async function importLines(
  ctx: Ctx,
  of: { eventId: string; version: number; mode: 'add' | 'replace'; items: readonly ImportedItem[] },
): Promise<void> {
  const event = await lockDraft(ctx, of);
  const present = await findStructure(ctx, event.id);
  const all = placeImported(present, of);
  await keepSources(ctx, event.id, () => saveStructure(ctx, event.id, all));
  await saveRevision(ctx, event, { ...event, estimatedValue: estimatedValueOf(all.items, event.currency) });
  await record(ctx, {
    action: 'sourcing_event.lines-imported',
    subject: { type: 'sourcing_event', id: event.id },
    changes: { mode: of.mode, lineCount: of.items.length },
  });
}

/**
 * Says how bids for a draft are sealed, in which envelopes and by how many openers they are opened.
 * @throws AppError `sourcing_event.not-found`, `sourcing_event.is-no-draft`, `sourcing_event.changed-meanwhile`,
 * `sourcing_event.has-no-commercial-envelope`
 */
export async function changeSealing(
  ctx: Ctx,
  of: { eventId: string; version: number } & EventSealing,
): Promise<SourcingEvent> {
  const event = await lockDraft(ctx, of);
  const envelopes = inOpeningOrder(of.envelopes);
  if (asksPrices(event) && !envelopes.includes('commercial'))
    throw ruleBroken('sourcing_event.has-no-commercial-envelope', 'Prices need an envelope');
  const { sealingLevel, allowsSealingOnArrival, openerThreshold } = of;
  const after = { ...event, sealingLevel, allowsSealingOnArrival, openerThreshold, envelopes };
  if (!(await store.saveSealing(ctx.tx, after))) throw changedMeanwhile(event);
  await record(ctx, {
    action: 'sourcing_event.sealing-changed',
    subject: { type: 'sourcing_event', id: event.id },
    changes: { sealingLevel, allowsSealingOnArrival, openerThreshold, envelopes },
  });
  return after;
}

/** @throws AppError `sourcing_event.not-found`, `sourcing_event.is-no-draft`, `sourcing_event.changed-meanwhile` */
export async function lockDraft(ctx: Ctx, of: { eventId: string; version: number }): Promise<SourcingEvent> {
  const event = await lockEvent(ctx, of.eventId);
  assertIsDraft(event);
  if (event.version !== of.version) throw changedMeanwhile(event);
  return event;
}

/** Somebody else was quicker. */
export const changedMeanwhile = (event: SourcingEvent) =>
  conflict('sourcing_event.changed-meanwhile', 'Somebody else changed the event meanwhile', {
    reference: event.reference,
  });

async function saveRevision(
  ctx: Ctx,
  event: SourcingEvent,
  to: EventTerms & { estimatedValue: string | null },
): Promise<void> {
  const saved = await store.saveTerms(ctx.tx, { ...to, id: event.id, version: event.version });
  if (!saved) throw changedMeanwhile(event);
}

/** Counts a change that is not one of the terms, so that two who edit at once notice. */
export const bumpVersion = (ctx: Ctx, event: SourcingEvent): Promise<void> => saveRevision(ctx, event, event);

const TERMS = [
  'title',
  'description',
  'categoryCode',
  'plantCode',
  'incoterm',
  'incotermPlace',
  'currency',
  'paymentTermsDays',
  'closesAt',
  'timeZone',
  'enquiriesUntil',
  'openingNotBefore',
  'decisionByOn',
  'calendarCode',
  'bidCurrencies',
  'takesPartialBids',
  'bidValidDays',
] as const;

/** The names of the terms that differ: the record says what changed, the event says to what. */
export const changedTerms = (before: EventTerms, after: EventTerms): string[] =>
  TERMS.filter((term) => JSON.stringify(before[term] ?? null) !== JSON.stringify(after[term] ?? null));

async function assertKnownPlaces(
  ctx: Ctx,
  terms: Pick<EventTerms, 'categoryCode' | 'plantCode' | 'calendarCode'>,
): Promise<void> {
  const wrong = (path: string) =>
    invalid('form.invalid', 'The form has errors', [
      { path, code: 'form.invalid-choice', message: 'Choose one of the listed values.' },
    ]);
  const categories = await listCategories(ctx);
  if (!categories.some((category) => category.code === terms.categoryCode)) throw wrong('categoryCode');
  if ((await findPlant(ctx, terms.plantCode)) === undefined) throw wrong('plantCode');
  const { calendarCode = null } = terms;
  if (calendarCode !== null && !(await listCalendars(ctx)).some((one) => one.code === calendarCode))
    throw wrong('calendarCode');
  const places = placesOf(ctx.actor);
  if (places.categories?.includes(terms.categoryCode) === false) throw wrong('categoryCode');
  if (places.plants?.includes(terms.plantCode) === false) throw wrong('plantCode');
}

/** For reading. @throws AppError `sourcing_event.not-found`, also for what a supplier was not invited to */
export async function findEvent(ctx: Ctx, eventId: string): Promise<SourcingEvent> {
  return found('sourcing_event', await store.findById(ctx.tx, seenBy(ctx, eventId)));
}

/** An event as a supplier that was invited sees it: published, without estimates.
 * @throws AppError `sourcing_event.not-found` */
export async function findEventForSupplier(ctx: Ctx, eventId: string): Promise<SourcingEvent> {
  if (ctx.actor.supplierId === null) throw notFound('sourcing_event');
  return findEvent(ctx, eventId);
}

/** For deciding: holds the event until the transaction ends. @throws AppError `sourcing_event.not-found` */
export async function lockEvent(ctx: Ctx, eventId: string): Promise<SourcingEvent> {
  return found('sourcing_event', await store.lockById(ctx.tx, seenBy(ctx, eventId)));
}

/** The lots of an event in their order; none to a supplier that was not invited. */
export const findLots = (ctx: Ctx, eventId: string): Promise<Lot[]> =>
  lotStore.findLots(ctx.tx, { eventId, supplierId: ctx.actor.supplierId });

/** All lines of an event in their order; to a supplier those it was invited to, without estimates. */
export const findEventItems = (ctx: Ctx, eventId: string): Promise<EventItem[]> =>
  itemStore.findItems(ctx.tx, { eventId, supplierId: ctx.actor.supplierId });

/** A supplier's invitation, if it has one. */
export const findInvitation = (
  ctx: Ctx,
  eventId: string,
  supplierId: string,
): Promise<Invitation | undefined> => invitationStore.findOne(ctx.tx, { eventId, supplierId });

/** Everybody who was invited, in the order of inviting. */
export const listInvitations = (ctx: Ctx, eventId: string): Promise<Invitation[]> =>
  invitationStore.findAll(ctx.tx, eventId);
