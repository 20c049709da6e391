/** What a list is asked for, as an address says it: without what is empty, and without the usual sort. */
export function asQuery(
  filter: Readonly<Record<string, string | null>> & { readonly sort: string },
  usualSort: string,
): Record<string, string> {
  const { sort, ...rest } = filter;
  const said = Object.entries(rest).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '');
  return Object.fromEntries(sort === usualSort ? said : [...said, ['sort', sort]]);
}

/** Is anything left out of the list? A sort leaves nothing out. */
export const isFiltered = (filter: Readonly<Record<string, string | null>>): boolean =>
  Object.entries(filter).some(([name, value]) => name !== 'sort' && (value ?? '') !== '');
