import type { NavigationEntry } from './render-settings.ts';

export type ShownEntry = NavigationEntry & { readonly isCurrent: boolean };
/** One place of the navigation: a page, or a group of pages with the first of them as its own address. */
export type NavigationItem = {
  readonly labelKey: string;
  readonly href: string;
  readonly isCurrent: boolean;
  /** Empty for a page. */
  readonly entries: readonly ShownEntry[];
};

// As many stand side by side on a small screen of a desk without being crowded.
const SIDE_BY_SIDE = 7;

/** What somebody sees of the navigation: pages side by side while they are few, else by group. */
export function mainNavigation(entries: readonly NavigationEntry[], path: string): NavigationItem[] {
  const shown = entries.map((entry) => ({ ...entry, isCurrent: isAt(entry.href, path) }));
  if (shown.length <= SIDE_BY_SIDE) return shown.map(asPage);
  const items: NavigationItem[] = [];
  const grouped = new Set<string>();
  for (const entry of shown) {
    const { group } = entry;
    if (group === undefined) items.push(asPage(entry));
    else if (!grouped.has(group)) {
      grouped.add(group);
      items.push(
        asGroup(
          group,
          shown.filter((other) => other.group === group),
        ),
      );
    }
  }
  return items;
}

const isAt = (href: string, path: string): boolean => path === href || path.startsWith(`${href}/`);

const asPage = ({ labelKey, href, isCurrent }: ShownEntry): NavigationItem => ({
  labelKey,
  href,
  isCurrent,
  entries: [],
});

function asGroup(group: string, entries: readonly ShownEntry[]): NavigationItem {
  const [first, ...more] = entries;
  if (first !== undefined && more.length === 0) return asPage(first);
  return {
    labelKey: `nav.group.${group}`,
    href: first?.href ?? '/',
    isCurrent: entries.some((entry) => entry.isCurrent),
    entries,
  };
}
