/** The fields of a form as text: what is stored and what was typed are compared, and shown again, as they stand there. */
export type Fields = Readonly<Record<string, string>>;

const EMPTY_ROWS = 3;

/** The rows of a grid: those that are filled, and empty ones to type into. */
export const withEmptyRows = <Row extends Fields>(
  filled: readonly Row[],
  empty: Row,
  atLeastEmpty = 0,
): Row[] => [
  ...filled,
  ...Array.from({ length: Math.max(atLeastEmpty, EMPTY_ROWS - filled.length) }, () => empty),
];

/** The rows of a grid as somebody typed them, to be shown again; fields that `empty` does not have are left out. */
export function typedRows<Row extends Fields>(typed: unknown, empty: Row): Row[] {
  if (!Array.isArray(typed)) return [];
  return typed.map((row: Readonly<Record<string, unknown>>) => ({
    ...empty,
    ...Object.fromEntries(
      Object.keys(empty).flatMap((field) => (typeof row[field] === 'string' ? [[field, row[field]]] : [])),
    ),
  }));
}

// A browser ends the lines of a text area by two characters, and we store one.
const sameLines = (text: string): string => text.replaceAll('\r\n', '\n').trim();

/** Which fields of a form differ from what is stored: shown side by side after two people edited at once. */
export const differingFields = <T extends Fields>(
  stored: T,
  typed: Readonly<Record<string, unknown>>,
): { field: keyof T & string; stored: string; typed: string }[] =>
  Object.keys(stored).flatMap((field) => {
    const [now = '', other] = [stored[field], typed[field]];
    return typeof other !== 'string' || sameLines(other) === sameLines(now)
      ? []
      : [{ field, stored: now, typed: other }];
  });
