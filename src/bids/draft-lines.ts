import type { FieldError } from '../kernel/errors.ts';
import type { AskedLine, ReadDraft } from './bid-draft.ts';

/** How many lines a page of the draft holds; an event with fewer has no pages, and no search. */
export const LINES_A_PAGE = 100;
export const lineFilters = ['all', 'missing', 'wrong'] as const;
export type LineFilter = (typeof lineFilters)[number];

/** What is asked to be shown of a draft's lines. */
export type LinesAsked = {
  readonly q: string;
  readonly only: LineFilter;
  readonly page: number;
  /** The page with this line on it, whatever `page` says. */
  readonly line?: string | undefined;
};
type Findable = AskedLine & { readonly itemCode: string | null; readonly description: string };

export type LinesShown = {
  /** Places in the event's order of lines. */
  readonly places: readonly number[];
  readonly page: number;
  readonly pageCount: number;
  readonly foundCount: number;
  readonly missingCount: number;
  readonly wrongCount: number;
  /** The ids of all found lines where they do not fit on one page: what is pasted goes on over its end. */
  readonly foundIds: readonly string[];
  readonly q: string;
  readonly only: LineFilter;
};

/**
 * The lines of one page of a draft. `typed` are the lines that a refused form brought: those are shown, whatever was
 * asked for, so that nothing somebody typed is out of sight.
 */
export function linesShown(
  items: readonly Findable[],
  read: ReadDraft,
  of: { asked: LinesAsked; typed: ReadonlySet<string> | null },
): LinesShown {
  const { asked, typed } = of;
  const wrong = linesWith(read.errors);
  const isFound = isAskedFor(asked, { missing: new Set(read.missing), wrong });
  const found = items.flatMap((item, place) =>
    (typed === null ? isFound(item) : typed.has(item.id)) ? [place] : [],
  );
  const pageSize = typed === null ? LINES_A_PAGE : Math.max(found.length, 1);
  const pageCount = Math.max(1, Math.ceil(found.length / pageSize));
  const wanted = asked.line === undefined ? -1 : found.findIndex((place) => items[place]?.id === asked.line);
  const page = wanted >= 0 ? Math.floor(wanted / pageSize) + 1 : Math.min(Math.max(asked.page, 1), pageCount);
  return {
    places: found.slice((page - 1) * pageSize, page * pageSize),
    page,
    pageCount,
    foundCount: found.length,
    missingCount: read.missing.length,
    wrongCount: wrong.size,
    foundIds: pageCount > 1 ? found.flatMap((place) => items[place]?.id ?? []) : [],
    q: asked.q,
    only: asked.only,
  };
}

/** The ids of lines that an error is about: its path is `lines.<id>.<field>`. */
const linesWith = (errors: readonly FieldError[]): ReadonlySet<string> =>
  new Set(
    errors.flatMap((error) => (error.path.startsWith('lines.') ? [error.path.split('.')[1] ?? ''] : [])),
  );

function isAskedFor(
  { q, only }: LinesAsked,
  of: { missing: ReadonlySet<number>; wrong: ReadonlySet<string> },
): (item: Findable) => boolean {
  const words = plain(q);
  return (item) => {
    if (only === 'missing' && !of.missing.has(item.lineNo)) return false;
    if (only === 'wrong' && !of.wrong.has(item.id)) return false;
    if (words === '') return true;
    return (
      String(item.lineNo) === words || plain(`${item.itemCode ?? ''} ${item.description}`).includes(words)
    );
  };
}

const plain = (text: string): string => text.normalize('NFKC').trim().toLowerCase();
