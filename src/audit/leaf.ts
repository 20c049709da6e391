import { leafHash } from './merkle.ts';

/**
 * The columns of an event row in the order of their names: what a leaf is made of. Each is taken as the text
 * PostgreSQL writes for it; `at` in UTC to the microsecond, `changes` as jsonb writes itself.
 */
export const leafColumns = [
  'action',
  'actor_id',
  'actor_kind',
  'actor_name',
  'at',
  'changes',
  'from_state',
  'id',
  'on_behalf_of_id',
  'on_behalf_of_name',
  'position',
  'reason',
  'request_id',
  'subject_id',
  'subject_type',
  'supplier_id',
  'to_state',
  'transaction_id',
] as const;
type LeafColumn = (typeof leafColumns)[number];

/** An event row as texts, in the order of {@link leafColumns}. */
export type LeafRow = readonly (string | null)[];

const OPENINGS = leafColumns.map((name, place) => `${place === 0 ? '{' : ','}"${name}":`);
/** Columns that came later are left out where they are empty: a row sealed before them hashes as it did. */
const IS_LATER = leafColumns.map((name) => name.startsWith('on_behalf_of_'));

/**
 * The bytes that are hashed: one JSON object with every column, names sorted, no white space, UTF-8.
 * @source RFC 8785; all values are strings or null
 */
export function leafBytes(row: LeafRow): Buffer {
  let text = '';
  for (let place = 0; place < OPENINGS.length; place += 1) {
    const value = row[place] ?? null;
    if (value === null && IS_LATER[place]) continue;
    text += OPENINGS[place] + (value === null ? 'null' : JSON.stringify(value));
  }
  return Buffer.from(`${text}}`);
}

export const hashOfRow = (row: LeafRow): Buffer => leafHash(leafBytes(row));

/** The row by the names of its columns, as a file carries it; what is left out is null. */
export const namedColumns = (row: LeafRow): Record<string, string | null> =>
  Object.fromEntries(leafColumns.map((name, place) => [name, row[place] ?? null]));

/** The hash of a row given by names; whatever is no column of a row counts for nothing. */
export const leafHashOfRecord = (columns: Readonly<Record<string, string | null>>): Buffer =>
  hashOfRow(leafColumns.map((name) => columns[name] ?? null));

/** One column of a row. */
export const columnOf = (row: LeafRow, name: LeafColumn): string | null =>
  row[leafColumns.indexOf(name)] ?? null;

/** The row with other values in some columns. */
export const withColumns = (
  row: LeafRow,
  values: Readonly<Partial<Record<LeafColumn, string | null>>>,
): LeafRow =>
  leafColumns.map((name, place) => (name in values ? (values[name] ?? null) : (row[place] ?? null)));

/** What the sealer authenticates about a leaf with its own key: where it stands, which row it is, its hash. */
export const sealedText = (leaf: { leafIndex: number; position: number; hash: Buffer }): string =>
  `event_seal/${leaf.leafIndex}/${leaf.position}/${leaf.hash.toString('hex')}`;
