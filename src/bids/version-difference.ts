import type { PricedAs } from './priced-unit.ts';

/** What a bid says of one line, as far as two versions of it are compared. */
export type LineSaid = {
  readonly eventItemId: string;
  readonly lineNo: number;
  readonly description: string;
  readonly unitPrice: string | null;
  /** The unit it is priced in, where that is not the one asked. */
  readonly priced: Pick<PricedAs, 'unit' | 'per' | 'unitPrice'> | null;
  readonly amount: string | null;
  readonly leadTimeDays: number | null;
  readonly note: string;
  readonly capacity: string | null;
  /** Prices at other quantities and alternates, as text to read. */
  readonly extras: string;
};
/** What a bid says, as far as two versions of it are compared. */
export type BidSaid = {
  readonly currency: string;
  readonly total: string | null;
  readonly validUntilOn: string | null;
  readonly note: string;
  readonly files: readonly { readonly fileName: string; readonly sha256: string }[];
  readonly lines: readonly LineSaid[];
};

export type LineDifference = {
  readonly lineNo: number;
  readonly description: string;
  readonly before: LineSaid | null;
  readonly after: LineSaid | null;
};
export type BidDifference = {
  readonly before: BidSaid;
  readonly after: BidSaid;
  readonly lines: readonly LineDifference[];
  readonly filesAdded: readonly string[];
  readonly filesRemoved: readonly string[];
  readonly isNothing: boolean;
};

/** What is different from one version of a bid to another: the lines in their order, files by their content. */
export function differenceOf(before: BidSaid, after: BidSaid): BidDifference {
  const then = new Map(before.lines.map((line) => [line.eventItemId, line]));
  const now = new Map(after.lines.map((line) => [line.eventItemId, line]));
  const lines = [...new Map([...then, ...now]).values()]
    .map(({ eventItemId, lineNo, description }) => ({
      lineNo,
      description,
      before: then.get(eventItemId) ?? null,
      after: now.get(eventItemId) ?? null,
    }))
    .filter((line) => !saysSame(line.before, line.after))
    .toSorted((a, b) => a.lineNo - b.lineNo);
  const filesAdded = missingIn(before, after);
  const filesRemoved = missingIn(after, before);
  const isNothing =
    lines.length + filesAdded.length + filesRemoved.length === 0 &&
    before.currency === after.currency &&
    before.validUntilOn === after.validUntilOn &&
    before.note === after.note;
  return { before, after, lines, filesAdded, filesRemoved, isNothing };
}

/** The names of files that are in the one and not in the other. */
const missingIn = (one: BidSaid, other: BidSaid): string[] =>
  other.files
    .filter(
      (file) => !one.files.some((kept) => kept.sha256 === file.sha256 && kept.fileName === file.fileName),
    )
    .map((file) => file.fileName);

const FIELDS = ['unitPrice', 'leadTimeDays', 'note', 'capacity', 'extras'] as const;

function saysSame(a: LineSaid | null, b: LineSaid | null): boolean {
  const blank = { unitPrice: null, priced: null, leadTimeDays: null, note: '', capacity: null, extras: '' };
  const units = ({ priced }: Pick<LineSaid, 'priced'>): string =>
    priced === null ? '' : `${priced.per} ${priced.unit}`;
  return (
    FIELDS.every((field) => (a ?? blank)[field] === (b ?? blank)[field]) &&
    units(a ?? blank) === units(b ?? blank)
  );
}
