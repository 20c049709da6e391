import { conflict, ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import { compareDecimals, type Money } from '../kernel/money.ts';
import { dayIn, instantAt, wallClock } from '../kernel/time.ts';
import { addWorkingDays, type Calendar } from '../kernel/working-days.ts';
import { estimatedValueOf, type NewEventItem } from './event-item.ts';
import { type EventTerms, isOpenAt, needsApproval, type SourcingEvent } from './sourcing-event.ts';

/** A change of an event that is open: ours until it is published, then everybody's who was invited. */
export const amendmentLifecycle = defineLifecycle('amendment', 'draft', {
  draft: { 'request-approval': 'pending_approval', publish: 'published', withdraw: 'withdrawn' },
  pending_approval: { approve: 'approved', return: 'draft', withdraw: 'withdrawn' },
  approved: { publish: 'published', return: 'draft', withdraw: 'withdrawn' },
  published: {},
  withdrawn: {},
});
export type AmendmentState = (typeof amendmentLifecycle.states)[number];

/** What can be amended. Another category, plant or currency would be another competition. */
export const amendableTerms = [
  'title',
  'description',
  'incoterm',
  'incotermPlace',
  'paymentTermsDays',
  'closesAt',
  'enquiriesUntil',
] as const;
export type AmendableTerms = Pick<Required<EventTerms>, (typeof amendableTerms)[number]>;

/** What the event shall be: all of it, so that it can be published as it was looked at. */
export type Proposal = { readonly terms: AmendableTerms; readonly items: readonly NewEventItem[] };

/** An event as it is, as a proposal that changes nothing. */
export const proposalOf = (event: SourcingEvent, items: readonly NewEventItem[]): Proposal => ({
  terms: {
    title: event.title,
    description: event.description,
    incoterm: event.incoterm,
    incotermPlace: event.incotermPlace,
    paymentTermsDays: event.paymentTermsDays,
    closesAt: event.closesAt,
    enquiriesUntil: event.enquiriesUntil,
  },
  items,
});

/** One thing that is not as it was; null is nothing. Instants are ISO 8601, UTC. */
export type FieldChange = {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Ours alone: what we expect to pay. */
  readonly isOwn?: true;
};
export type LineChange = {
  readonly kind: 'added' | 'changed' | 'removed';
  /** Null for a line that was not there. */
  readonly itemId: string | null;
  readonly lineNo: number;
  readonly description: string;
  readonly fields: readonly FieldChange[];
};
export type Difference = { readonly terms: readonly FieldChange[]; readonly lines: readonly LineChange[] };

export type Amendment = {
  readonly id: string;
  readonly eventId: string;
  /** Null until it is published. */
  readonly number: number | null;
  readonly state: AmendmentState;
  readonly round: number;
  /** The event's version it was made from. */
  readonly eventVersion: number;
  readonly proposal: Proposal;
  /** Every bid has to be submitted again, whatever it speaks of. */
  readonly touchesAll: boolean;
  readonly reason: string;
  /** What everybody reads; null until it is published. */
  readonly changes: Difference | null;
  readonly closesAtBefore: Date | null;
  readonly closesAt: Date | null;
  readonly draftedBy: string;
  readonly createdAt: Date;
  readonly approvalRequestedBy: string | null;
  readonly approvedBy: string | null;
  readonly publishedBy: string | null;
  readonly publishedAt: Date | null;
  readonly settledAt: Date | null;
  readonly version: number;
};

const OWN_FIELDS = new Set(['estimatedPrice', 'targetPrice', 'reservePrice']);
// What a line is known by, or where it stands: not what is asked for.
const PLACE_FIELDS = new Set(['id', 'lineNo', 'lotId', 'lotNo']);
// A change of these changes what a price means, so no bid stays as it is.
const BINDING_TERMS = new Set(['incoterm', 'incotermPlace', 'paymentTermsDays']);

/** What differs, term by term and line by line. A detail that the proposal does not speak of stays as it was. */
export function differenceOf(before: Proposal, after: Proposal): Difference {
  const there = new Map(before.items.map((item, index) => [item.id, { item, lineNo: index + 1 }]));
  const kept = new Set(after.items.map((item) => item.id));
  const changed = after.items.flatMap((item, index): LineChange[] => {
    const known = item.id === undefined ? undefined : there.get(item.id);
    const line = { lineNo: index + 1, description: item.description };
    if (known === undefined)
      return [{ ...line, kind: 'added', itemId: null, fields: changesOf({}, item, PLACE_FIELDS) }];
    const fields = changesOf(known.item, item, PLACE_FIELDS);
    return fields.length === 0 ? [] : [{ ...line, kind: 'changed', itemId: item.id ?? null, fields }];
  });
  const removed = [...there.values()].flatMap(({ item, lineNo }): LineChange[] =>
    kept.has(item.id)
      ? []
      : [{ kind: 'removed', itemId: item.id ?? null, lineNo, description: item.description, fields: [] }],
  );
  const terms = changesOf(before.terms, after.terms, NOTHING);
  return { terms, lines: [...changed, ...removed].toSorted((one, other) => one.lineNo - other.lineNo) };
}

const NOTHING: ReadonlySet<string> = new Set();

type Values = Readonly<Record<string, unknown>>;

function changesOf(before: Values, after: Values, ignored: ReadonlySet<string>): FieldChange[] {
  return Object.keys(after)
    .filter((field) => !ignored.has(field) && after[field] !== undefined)
    .flatMap((field) => {
      const change = { field, before: said(before[field]), after: said(after[field]) };
      if (change.before === change.after) return [];
      return OWN_FIELDS.has(field) ? [{ ...change, isOwn: true }] : [change];
    });
}

/** A value as a person may read it in any language; nothing is null, whatever kind of nothing. */
function said(value: unknown): string | null {
  if (value === null || value === undefined || value === '' || value === false) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(said).join(', ');
  if (typeof value === 'object') return Object.values(value).map(said).join(' · ');
  if (value === true) return 'yes';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What suppliers are shown: without what we expect to pay, and without lines in which nothing else changed. */
export const toldOf = ({ terms, lines }: Difference): Difference => ({
  terms: terms.filter((change) => change.isOwn !== true),
  lines: lines
    .map((line) => ({ ...line, fields: line.fields.filter((change) => change.isOwn !== true) }))
    .filter((line) => line.kind !== 'changed' || line.fields.length > 0),
});

export const isEmpty = ({ terms, lines }: Difference): boolean => terms.length === 0 && lines.length === 0;

/** Which bids have to be submitted again: all of them, or those that speak of one of these lines. */
export function touchOf(
  told: Difference,
  touchesAll: boolean,
): { readonly all: boolean; readonly itemIds: readonly string[] } {
  const all = touchesAll || told.terms.some((change) => BINDING_TERMS.has(change.field));
  return { all, itemIds: told.lines.flatMap(({ itemId }) => (itemId === null ? [] : [itemId])) };
}

/** Is this bid one of them? What it speaks of is null where that is not known, and then it counts as touched. */
export const isTouched = (
  touch: { readonly all: boolean; readonly itemIds: readonly string[] },
  spokenOf: readonly string[] | null,
): boolean =>
  touch.all ||
  (touch.itemIds.length > 0 &&
    (spokenOf === null || spokenOf.some((itemId) => touch.itemIds.includes(itemId))));

/**
 * An approver is asked again when the value has come to the threshold, when it has grown above what was approved, and
 * when it cannot be compared any more.
 */
export function needsApprovalAgain(
  before: { event: Pick<SourcingEvent, 'currency'>; items: readonly NewEventItem[] },
  after: { event: Pick<SourcingEvent, 'currency'>; items: readonly NewEventItem[] },
  threshold: Money,
): boolean {
  if (!needsApproval(after.event, after.items, threshold)) return false;
  if (!needsApproval(before.event, before.items, threshold)) return true;
  if (before.event.currency !== after.event.currency) return true;
  const was = estimatedValueOf(before.items, before.event.currency);
  const is = estimatedValueOf(after.items, after.event.currency);
  if (is === null || was === null) return was !== is;
  return compareDecimals(is, was) > 0;
}

/**
 * Only an event that takes bids, or has paused them, is amended, and not at its closing instant. A paused one takes
 * bids again by it.
 * @throws AppError `amendment.event-not-open`
 */
export function assertAmendable(event: Pick<SourcingEvent, 'state' | 'closesAt'>, clock: Date): void {
  if (event.state !== 'paused' && !isOpenAt(event, clock))
    throw ruleBroken('amendment.event-not-open', 'Only an event that takes bids can be amended');
}

/** What is published is what was looked at. @throws AppError `amendment.event-changed` */
export function assertMadeFrom(event: Pick<SourcingEvent, 'version'>, amendment: Amendment): void {
  if (event.version !== amendment.eventVersion)
    throw conflict('amendment.event-changed', 'The event has changed since the amendment was drafted');
}

/**
 * @throws AppError `amendment.changes-nothing`, `amendment.leaves-no-line`, `amendment.closing-nearer`,
 * `amendment.needs-a-reason`
 */
export function assertPublishable(
  event: Pick<SourcingEvent, 'closesAt'>,
  of: { proposal: Proposal; told: Difference; touchesAll: boolean; fileCount: number; reason: string },
): void {
  const { closesAt } = of.proposal.terms;
  if (isEmpty(of.told) && of.fileCount === 0)
    throw ruleBroken('amendment.changes-nothing', 'Nothing that suppliers see has changed');
  if (of.proposal.items.length === 0)
    throw ruleBroken('amendment.leaves-no-line', 'An event asks for one line at least');
  if (event.closesAt !== null && (closesAt === null || closesAt < event.closesAt))
    throw ruleBroken('amendment.closing-nearer', 'Closing is never moved nearer');
  if (of.reason.trim() === '') throw ruleBroken('amendment.needs-a-reason', 'Say why');
}

/**
 * The closing time an amendment leads to: as proposed, or, where that leaves suppliers less than so many working days,
 * the first one at the same time of day that does not.
 */
export function closingWithNotice(
  closesAt: Date,
  of: { now: Date; noticeWorkingDays: number; timeZone: string; calendar: Calendar },
): Date {
  const [, nowTime = ''] = wallClock(of.now, of.timeZone).split('T');
  const [, closingTime = ''] = wallClock(closesAt, of.timeZone).split('T');
  const enough = addWorkingDays(dayIn(of.now, of.timeZone), of.noticeWorkingDays, of.calendar);
  const day = closingTime >= nowTime ? enough : addWorkingDays(enough, 1, of.calendar);
  const earliest = instantAt(`${day}T${closingTime}`, of.timeZone);
  return closesAt >= earliest ? closesAt : earliest;
}
