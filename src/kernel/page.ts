import { ruleBroken } from './errors.ts';

/** One page of a list, keyset-paged: `nextCursor` is handed back as `after` to get the next one. */
export type Page<T> = { readonly rows: readonly T[]; readonly nextCursor: string | null };

/** What a list is asked for; `limit` is at most 100, for a file {@link MOST_ROWS_IN_A_FILE}. */
export type PageRequest = { readonly after: string | null; readonly limit: number };

/** Cuts the one row too many that tells whether there is a next page. */
export function toPage<T>(rows: readonly T[], limit: number, cursorOf: (row: T) => string): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

/** How many rows a list may have that is sent as a file at once. */
export const MOST_ROWS_IN_A_FILE = 5_000;

/**
 * The rows of a list that was asked for with {@link MOST_ROWS_IN_A_FILE}, all of them.
 * @throws AppError `list.too-long-for-a-file` rather than leaving some out
 */
export function wholeList<T>(page: Page<T>): readonly T[] {
  if (page.nextCursor !== null)
    throw ruleBroken('list.too-long-for-a-file', 'Too many rows for a file at once', {
      maximum: MOST_ROWS_IN_A_FILE,
    });
  return page.rows;
}
