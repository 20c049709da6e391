import type { UnitCode } from '../kernel/quantity.ts';
import { type BidDraft, emptyLine, mergeLine, type TypedLine } from './bid-draft.ts';
import type { DraftAlternate, DraftExtras } from './offer.ts';
import { unitsPerShown } from './priced-unit.ts';

// Runs in the bidder's browser: there the fields of the bid's form, by their names, are the draft.

/** What stands in a field of this name, `lines[<id>][tiers][q500]`; empty where nothing was typed. */
export function fieldOf(draft: BidDraft, name: string, unitOf: (eventItemId: string) => UnitCode): string {
  const [part = '', id = '', field = '', ...rest] = stepsOf(name);
  if (part === 'lines') {
    const line = draft.lines[id] ?? emptyLine;
    return field === 'unitsPer' ? unitsPerShown(line, unitOf(id)) : lineField(line, field, rest);
  }
  if (part === 'answers') return draft.answers?.[id]?.answer ?? '';
  if (part === 'notes')
    return Object.entries(draft.notes ?? {}).find(([envelope]) => envelope === id)?.[1] ?? '';
  if (part === 'note' || part === 'currency' || part === 'validUntilOn') return draft[part] ?? '';
  return '';
}

/** The draft once that was typed into the field; a name that is none of a draft's changes nothing. */
export function withField(
  draft: BidDraft,
  name: string,
  { typed, unitOf }: { typed: string; unitOf: (eventItemId: string) => UnitCode },
): BidDraft {
  const [part = '', id = '', field = '', ...rest] = stepsOf(name);
  if (part === 'lines') {
    const line = draft.lines[id] ?? emptyLine;
    return {
      ...draft,
      lines: { ...draft.lines, [id]: mergeLine(line, typedOf(line, [field, ...rest], typed), unitOf(id)) },
    };
  }
  if (part === 'answers') {
    const { fileIds = [] } = draft.answers?.[id] ?? {};
    return { ...draft, answers: { ...draft.answers, [id]: { answer: typed, fileIds } } };
  }
  if (part === 'notes') return { ...draft, notes: { ...draft.notes, [id]: typed } };
  if (part === 'note' || part === 'currency' || part === 'validUntilOn') return { ...draft, [part]: typed };
  return draft;
}

const stepsOf = (name: string): string[] => name.split(/[[\]]+/).filter((step) => step !== '');

const blank: DraftAlternate = { description: '', unitPrice: '', leadTimeDays: '' };
const columns = ['description', 'unitPrice', 'leadTimeDays'] as const;
const plainFields = ['unitPrice', 'leadTimeDays', 'note', 'capacity', 'pricedUnit', 'unitReason'] as const;
const inColumn = (name: string) => columns.find((column) => column === name);

function lineField(
  line: DraftExtras & Readonly<Record<'unitPrice' | 'leadTimeDays' | 'note', string>>,
  field: string,
  [key = '', column = '']: readonly string[],
): string {
  if (field === 'tiers') return line.tiers?.[key] ?? '';
  if (field === 'alternates') {
    const place = inColumn(column);
    return place === undefined ? '' : (line.alternates?.[Number(key)]?.[place] ?? '');
  }
  const plain = plainFields.find((one) => one === field);
  return plain === undefined ? '' : (line[plain] ?? '');
}

function typedOf(line: DraftExtras, [field = '', key = '', column = '']: string[], typed: string): TypedLine {
  if (field === 'tiers') return { tiers: { [key]: typed } };
  if (field !== 'alternates') return { [field]: typed };
  const place = Number(key);
  const before = line.alternates ?? [];
  const count = Math.max(before.length, place + 1);
  return {
    alternates: Array.from({ length: count }, (_, at) =>
      at === place ? { ...blank, ...before[at], [column]: typed } : (before[at] ?? blank),
    ),
  };
}
