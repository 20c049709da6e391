import type { Criterion } from './criterion.ts';
import type { EvaluationPlan } from './evaluation-plan.ts';
import type { NewEventItem } from './event-item.ts';
import type { NewLot } from './lot.ts';
import type { KnockOut, Requirement, Scoring } from './requirement.ts';
import type { EventTerms, SourcingEvent } from './sourcing-event.ts';

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
export type Proposal = {
  readonly terms: AmendableTerms;
  readonly items: readonly NewEventItem[];
  /** Null, like the plan, leaves it as it is. */
  readonly lots: readonly NewLot[] | null;
  /** Questions and criteria. */
  readonly plan: EvaluationPlan | null;
  /** Files of the event, its lots and lines that go. */
  readonly removedFileIds: readonly string[];
};

/** What an amendment starts from, all of it. */
export type Present = {
  readonly lots: readonly NewLot[];
  readonly plan: EvaluationPlan;
  readonly files: readonly PresentFile[];
};
export type PresentFile = { readonly id: string; readonly fileName: string; readonly subjectId: string };

/** An event as it is, as a proposal that changes nothing. */
export const proposalOf = (event: SourcingEvent, items: readonly NewEventItem[]): Proposal => ({
  lots: null,
  plan: null,
  removedFileIds: [],
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
/** A line, a lot, a question or a criterion that is not as it was. */
export type PartChange = {
  readonly kind: 'added' | 'changed' | 'removed';
  /** Null for what was not there. */
  readonly itemId: string | null;
  readonly lineNo: number;
  readonly description: string;
  readonly fields: readonly FieldChange[];
  /** Ours alone: criteria whose weights suppliers are not told. */
  readonly isOwn?: true;
};
/** A file that goes, and the line it belonged to. */
export type FileChange = { readonly fileName: string; readonly itemId: string | null };
export type Difference = {
  readonly terms: readonly FieldChange[];
  readonly lines: readonly PartChange[];
  // Amendments of before knew of nothing else.
  readonly lots?: readonly PartChange[];
  readonly questions?: readonly PartChange[];
  readonly criteria?: readonly PartChange[];
  readonly files?: readonly FileChange[];
};

const OWN_FIELDS = new Set(['estimatedPrice', 'targetPrice', 'reservePrice', 'counts', 'scoring']);
// What a line is known by, or where it stands: not what is asked for.
const PLACE_FIELDS = new Set(['id', 'lineNo', 'lotId', 'lotNo']);
// A change of these changes what a price means, so no bid stays as it is.
const BINDING_TERMS = new Set(['incoterm', 'incotermPlace', 'paymentTermsDays']);

/** What differs, term by term and part by part. What the proposal does not speak of stays as it was. */
export function differenceOf(before: Proposal, after: Proposal, present: Present): Difference {
  const lots = after.lots ?? present.lots;
  const plan = after.plan ?? present.plan;
  const gone = present.files.filter((file) => after.removedFileIds.includes(file.id));
  const lotsBefore = lotTitles(present.lots);
  const lotsAfter = lotTitles(lots);
  return {
    terms: changesOf(before.terms, after.terms, NOTHING),
    lines: partsOf(
      before.items.map((item) => linePart(item, present.lots)),
      after.items.map((item) => linePart(item, lots)),
    ),
    lots: partsOf(present.lots.map(lotPart), lots.map(lotPart)),
    questions: partsOf(
      present.plan.requirements.map((one) => questionPart(one, present.plan, lotsBefore)),
      plan.requirements.map((one) => questionPart(one, plan, lotsAfter)),
    ),
    criteria: partsOf(
      present.plan.criteria.map((one) => criterionPart(one, lotsBefore)),
      plan.criteria.map((one) => criterionPart(one, lotsAfter)),
    ).map((change) => (plan.showsWeights ? change : { ...change, isOwn: true })),
    files: gone.map(({ fileName, subjectId }) => ({
      fileName,
      itemId: before.items.some((item) => item.id === subjectId) ? subjectId : null,
    })),
  };
}

/** What can be told of a part: what it is known by, and its fields. */
type Part = { readonly id: string | undefined; readonly description: string; readonly fields: Values };

function partsOf(before: readonly Part[], after: readonly Part[]): PartChange[] {
  const there = new Map(before.map((part, index) => [part.id, { part, lineNo: index + 1 }]));
  const kept = new Set(after.map((part) => part.id));
  const changed = after.flatMap(({ id, description, fields }, index): PartChange[] => {
    const known = id === undefined ? undefined : there.get(id);
    const part = { lineNo: index + 1, description };
    if (known === undefined)
      return [{ ...part, kind: 'added', itemId: null, fields: changesOf({}, fields, PLACE_FIELDS) }];
    const changes = changesOf(known.part.fields, fields, PLACE_FIELDS);
    return changes.length === 0 ? [] : [{ ...part, kind: 'changed', itemId: id ?? null, fields: changes }];
  });
  const removed = [...there.values()].flatMap(({ part, lineNo }): PartChange[] =>
    kept.has(part.id)
      ? []
      : [{ kind: 'removed', itemId: part.id ?? null, lineNo, description: part.description, fields: [] }],
  );
  return [...changed, ...removed].toSorted((one, other) => one.lineNo - other.lineNo);
}

const linePart = (item: NewEventItem, lots: readonly NewLot[]): Part => ({
  id: item.id,
  description: item.description,
  fields: {
    ...item,
    lot: item.lotNo === null || item.lotNo === undefined ? null : (lots[item.lotNo - 1]?.title ?? null),
  },
});

const lotPart = ({ id, title, description }: NewLot): Part => ({
  id,
  description: title,
  fields: { title, description },
});

const lotTitles = (lots: readonly NewLot[]): ReadonlyMap<string, string> =>
  new Map(lots.flatMap(({ id, title }) => (id === undefined ? [] : [[id, title] as const])));

function questionPart(
  of: Requirement,
  { criteria }: EvaluationPlan,
  lots: ReadonlyMap<string, string>,
): Part {
  const { id, prompt, help, kind, envelope, isRequired, options, minimum, maximum, unit } = of;
  return {
    id,
    description: prompt,
    fields: {
      prompt,
      help,
      kind,
      envelope,
      isRequired,
      options,
      minimum,
      maximum,
      unit,
      knockOut: passing(of.knockOut),
      lot: lots.get(of.lotId ?? '') ?? null,
      counts: criteria.find((criterion) => criterion.id === of.criterionId)?.title ?? null,
      scoring: of.scoring === null ? null : scored(of.scoring),
    },
  };
}

const criterionPart = (of: Criterion, lots: ReadonlyMap<string, string>): Part => ({
  id: of.id,
  description: of.title,
  fields: {
    title: of.title,
    kind: of.kind,
    envelope: of.envelope,
    weight: of.weight,
    minimumScore: of.minimumScore,
    formula: of.formula,
    lot: lots.get(of.lotId ?? '') ?? null,
  },
});

const passing = (rule: KnockOut | null): string | null => {
  if (rule === null) return null;
  if (rule.by === 'answer') return rule.passes.join(' / ');
  return [
    rule.atLeast === null ? null : `≥ ${rule.atLeast}`,
    rule.atMost === null ? null : `≤ ${rule.atMost}`,
  ]
    .filter((one) => one !== null)
    .join(', ');
};

const scored = (rule: Scoring): string =>
  rule.by === 'answer'
    ? Object.entries(rule.points)
        .map(([answer, points]) => `${answer}: ${points}`)
        .join(' / ')
    : rule.by === 'line'
      ? `${rule.worst} → ${rule.best}: ${rule.points}`
      : rule.points;

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

/** What suppliers are shown: without what we expect to pay or score by, and without parts in which nothing else changed. */
export function toldOf(difference: Difference): Difference {
  const told = (parts: readonly PartChange[] = []): PartChange[] =>
    parts
      .filter((part) => part.isOwn !== true)
      .map((part) => ({ ...part, fields: part.fields.filter((change) => change.isOwn !== true) }))
      .filter((part) => part.kind !== 'changed' || part.fields.length > 0);
  return {
    terms: difference.terms.filter((change) => change.isOwn !== true),
    lines: told(difference.lines),
    lots: told(difference.lots),
    questions: told(difference.questions),
    criteria: told(difference.criteria),
    files: difference.files ?? [],
  };
}

export const isEmpty = (difference: Difference): boolean =>
  Object.values(difference).every((changes) => changes.length === 0);

/**
 * Which bids have to be submitted again: all of them, or those that speak of one of these lines. Another question or
 * another criterion is another competition for everybody.
 */
export function touchOf(
  told: Difference,
  touchesAll: boolean,
): { readonly all: boolean; readonly itemIds: readonly string[] } {
  const { terms, lines, questions = [], criteria = [], files = [] } = told;
  const all =
    touchesAll ||
    questions.length + criteria.length > 0 ||
    terms.some((change) => BINDING_TERMS.has(change.field));
  const itemIds = [...lines, ...files].flatMap(({ itemId }) => (itemId === null ? [] : [itemId]));
  return { all, itemIds: [...new Set(itemIds)] };
}

/** Is this bid one of them? What it speaks of is null where that is not known, and then it counts as touched. */
export const isTouched = (
  touch: { readonly all: boolean; readonly itemIds: readonly string[] },
  spokenOf: readonly string[] | null,
): boolean =>
  touch.all ||
  (touch.itemIds.length > 0 &&
    (spokenOf === null || spokenOf.some((itemId) => touch.itemIds.includes(itemId))));

/** Is what decides between bids changed? Then who approved the event is asked again, whatever its value. */
export const changesCriteria = ({ criteria = [] }: Difference): boolean => criteria.length > 0;
