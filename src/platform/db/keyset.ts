import { notFound } from '../../kernel/errors.ts';
import { isId } from '../../kernel/id.ts';
import { type Page, type PageRequest, toPage } from '../../kernel/page.ts';
import { isDay } from '../../kernel/time.ts';
import type { Tx } from './context.ts';
import { named } from './statements.ts';

/** A column a list is sorted by: its SQL, and its value as text, as it stands in a cursor. */
export type Key<Row> = {
  readonly sql: string;
  /** The SQL type that the text of a cursor is read as. */
  readonly type: 'uuid' | 'text' | 'numeric' | 'timestamptz' | 'date';
  of(row: Row): string;
  /** May this text be one of our cursor's? */
  accepts(value: string): boolean;
};

/** The last key is unique, so that no row is shown twice and none is passed over. */
export type Sort<Row> = { readonly keys: readonly Key<Row>[]; readonly direction: 'ASC' | 'DESC' };

/** One condition of a list; it is left out where `value` is null. `at` is the place of the value: `$3`. */
export type Condition = {
  readonly name: string;
  readonly value: unknown;
  sql(at: string): string;
};

export type ListStatement<Row> = {
  /** What the statement is called, without its conditions. */
  readonly name: string;
  /** `SELECT … FROM …`, up to WHERE. */
  readonly select: string;
  readonly conditions: readonly Condition[];
  readonly sort: Sort<Row> & { readonly name: string };
  readonly page: PageRequest;
};

/**
 * One page of a list, without counting it. The statement holds only the conditions that are asked for and is
 * named after them: each is planned for its own index.
 * @throws AppError `page.not-found` for a cursor that is not one of ours
 */
export async function findListPage<Row>(tx: Tx, list: ListStatement<Row>): Promise<Page<Row>> {
  const { sort, page } = list;
  const asked = list.conditions.filter((condition) => condition.value !== null);
  const values = asked.map((condition) => condition.value);
  const where = asked.map((condition, index) => condition.sql(`$${index + 1}`));
  if (page.after !== null) {
    const places = cursorValues(sort, page.after).map((value, index) => {
      values.push(value);
      return `$${values.length}::${sort.keys[index]?.type}`;
    });
    const columns = sort.keys.map((key) => key.sql).join(', ');
    where.push(`(${columns}) ${sort.direction === 'ASC' ? '>' : '<'} (${places.join(', ')})`);
  }
  values.push(page.limit + 1);
  const names = [...asked.map((condition) => condition.name), ...(page.after === null ? [] : ['after'])];
  const rows = await named<Row>(tx, {
    name: [list.name, sort.name, ...names].join(' '),
    text: `${list.select}
   ${where.length === 0 ? '' : `WHERE ${where.join('\n     AND ')}`}
   ORDER BY ${sort.keys.map((key) => `${key.sql} ${sort.direction}`).join(', ')}
   LIMIT $${values.length}`,
    values,
  });
  return toPage(rows, page.limit, (row) => sort.keys.map((key) => key.of(row)).join('~'));
}

/** @throws AppError `page.not-found` */
function cursorValues<Row>(sort: Sort<Row>, cursor: string): string[] {
  const values = sort.keys.length === 1 ? [cursor] : cursor.split('~');
  const isOurs =
    values.length === sort.keys.length && sort.keys.every((key, index) => key.accepts(values[index] ?? ''));
  if (!isOurs) throw notFound('page');
  return values;
}

/** A text that stands anywhere, for ILIKE, its own wildcards meant as they are written; null asks for nothing. */
export const partOf = (text: string | null): string | null =>
  text === null || text === '' ? null : `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

export const idKey = <Row extends { readonly id: string }>(sql: string): Key<Row> => ({
  sql,
  type: 'uuid',
  of: (row) => row.id,
  accepts: isId,
});

/** An instant, which never comes last where it is not known. */
export const instantKey = <Row>(sql: string, of: (row: Row) => Date | null): Key<Row> => ({
  sql,
  type: 'timestamptz',
  of: (row) => of(row)?.toISOString() ?? 'infinity',
  accepts: (value) => value === 'infinity' || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
});

export const dayKey = <Row>(sql: string, of: (row: Row) => string): Key<Row> => ({
  sql,
  type: 'date',
  of,
  accepts: isDay,
});

/** Amounts are compared within a currency: this key stands before {@link amountKey}. */
export const currencyKey = <Row>(sql: string, of: (row: Row) => string): Key<Row> => ({
  sql,
  type: 'text',
  of,
  accepts: (value) => /^[A-Z]{3}$/.test(value),
});

export const amountKey = <Row>(sql: string, of: (row: Row) => string): Key<Row> => ({
  sql,
  type: 'numeric',
  of,
  accepts: (value) => /^-?\d{1,16}(\.\d{1,6})?$/.test(value),
});
