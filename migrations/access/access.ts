/**
 * The database's own table of who may do what with which rows: the wall behind the routes' permissions and the
 * queries' WHERE. What is not written down here is refused.
 */

export const roles = ['visitor', 'supplier', 'staff', 'audit', 'worker'] as const;
export type DatabaseRole = (typeof roles)[number];

export type Access = {
  /** The privileges, as GRANT takes them; of columns where not of all: `SELECT (id, name), UPDATE (name)`. */
  readonly may: string;
  /** Of which rows: SQL about a row of the table. */
  readonly rows: string;
  /** As which a row may be written, where that is less than what may be read. */
  readonly writes: string;
};

/** A role that is not named has no access at all. */
export type TableAccess = { readonly [role in DatabaseRole]?: Access };
export type Tables = Readonly<Record<string, TableAccess>>;

/** Of some rows. */
export const rows = (which: string, may: string, writes: string = which): Access => ({
  may,
  rows: which,
  writes,
});

/** Of every row. */
export const all = (may: string): Access => rows('true', may);

/** Seen, locked while something else is decided, and not changed: a lock asks for the right to change one column. */
export const seenAndHeld = (which: string, column = 'id'): Access =>
  rows(which, `SELECT, UPDATE (${column})`, 'false');

export const OWN = 'supplier_id = acting_supplier_id()';
export const MINE = 'user_id = acting_user_id()';

/** Of rows whose parent can be seen: the parent's own policy says which those are. */
export const seenThrough = (parent: string, column: string): string =>
  `EXISTS (SELECT FROM ${parent} AS parent WHERE parent.id = ${column})`;
