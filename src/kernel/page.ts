/** One page of a list, keyset-paged: `nextCursor` is handed back as `after` to get the next one. */
export type Page<T> = { readonly rows: readonly T[]; readonly nextCursor: string | null };

/** What a list is asked for; `limit` is at most 100. */
export type PageRequest = { readonly after: string | null; readonly limit: number };

/** Cuts the one row too many that tells whether there is a next page. */
export function toPage<T>(rows: readonly T[], limit: number, cursorOf: (row: T) => string): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}
