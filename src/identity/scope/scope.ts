/** The plants and the categories that somebody's roles are limited to; an empty list is no limit. */
export type ScopeCodes = { readonly plants: readonly string[]; readonly categories: readonly string[] };

/** A group of the identity provider limits to a plant or a category by its name: `portico-plant-QD01`. */
export type ScopeOfGroups = { readonly plantPrefix: string; readonly categoryPrefix: string };

const CODE = /^[A-Z0-9-]{1,20}$/;

/** What is after the prefix in the groups that begin with it; an empty prefix maps no group. */
function codesAfter(prefix: string, groups: readonly string[]): string[] {
  if (prefix === '') return [];
  const codes = groups
    .filter((group) => group.startsWith(prefix))
    .map((group) => group.slice(prefix.length).toUpperCase())
    .filter((code) => CODE.test(code));
  return [...new Set(codes)].toSorted();
}

/** The limits that a staff member's groups give. */
export const scopeOfGroups = (groups: readonly string[], by: ScopeOfGroups): ScopeCodes => ({
  plants: codesAfter(by.plantPrefix, groups),
  categories: codesAfter(by.categoryPrefix, groups),
});

export const isSameScope = (one: ScopeCodes, other: ScopeCodes): boolean =>
  sameCodes(one.plants, other.plants) && sameCodes(one.categories, other.categories);

const sameCodes = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((code) => other.includes(code));

/** As the statement that reads who acts gives them: `plant:QD01`. */
export function readScopeMarks(marks: readonly string[]): ScopeCodes {
  const of = (kind: string) =>
    marks.filter((mark) => mark.startsWith(`${kind}:`)).map((mark) => mark.slice(kind.length + 1));
  return { plants: of('plant'), categories: of('category') };
}
