import { type SupplierRole, seesPrices } from '../kernel/actor.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Ctx } from '../platform/db/context.ts';
import { findListPage, idKey, type Key, partOf, type Sort } from '../platform/db/keyset.ts';
import { rowsOf } from '../platform/db/statements.ts';
import { type Area, rolesOfArea } from './rights.ts';
import type { SupplierState } from './supplier.ts';

/** A line of the list of suppliers. */
export type SupplierRow = {
  readonly id: string;
  readonly reference: string;
  readonly name: string;
  /** The name as it is sorted by. */
  readonly sortName: string;
  readonly country: string | null;
  readonly state: SupplierState;
  readonly contactCount: number;
  readonly primaryContact: string | null;
};

export const supplierSorts = ['name', 'name-last', 'newest', 'oldest'] as const;
export type SupplierSort = (typeof supplierSorts)[number];

/** `search` finds a part of the name or of the number. */
export type SupplierFilter = {
  readonly search: string;
  readonly state: SupplierState | null;
  readonly sort: SupplierSort;
};

// Names are unique whatever their case.
const NAME: Key<SupplierRow> = {
  sql: 'lower(supplier.name)',
  type: 'text',
  of: (row) => row.sortName,
  accepts: (value) => value !== '' && !value.includes('\0'),
};
// Ids are made in the order of entering.
const ID = idKey<SupplierRow>('supplier.id');

const SORTS: Readonly<Record<SupplierSort, Sort<SupplierRow>>> = {
  name: { keys: [NAME], direction: 'ASC' },
  'name-last': { keys: [NAME], direction: 'DESC' },
  newest: { keys: [ID], direction: 'DESC' },
  oldest: { keys: [ID], direction: 'ASC' },
};

const SELECT = `
  SELECT supplier.id, supplier.reference, supplier.name, lower(supplier.name) AS "sortName", supplier.country,
         supplier.state, people.count AS "contactCount", people.primary_name AS "primaryContact"
    FROM supplier
   CROSS JOIN LATERAL (
           SELECT count(*) FILTER (WHERE person.is_active)::int AS count,
                  max(person.name) FILTER (WHERE contact.is_primary) AS primary_name
             FROM supplier_contact AS contact
             JOIN user_account AS person ON person.id = contact.user_id
            WHERE contact.supplier_id = supplier.id) AS people`;

/** One page of the suppliers. @throws AppError `page.not-found` for a cursor that is not one of ours */
export const listSuppliers = (
  ctx: Ctx,
  filter: SupplierFilter,
  page: PageRequest,
): Promise<Page<SupplierRow>> =>
  findListPage<SupplierRow>(ctx.tx, {
    name: 'supplier.list',
    select: SELECT,
    conditions: [
      { name: 'state', value: filter.state, sql: (at) => `supplier.state = ${at}` },
      {
        name: 'search',
        value: partOf(filter.search),
        sql: (at) => `(supplier.name ILIKE ${at} OR supplier.reference ILIKE ${at})`,
      },
    ],
    sort: { ...SORTS[filter.sort], name: filter.sort },
    page,
  });

/** Whom to tell at several suppliers about something of this area: active users who have to do with it, in one query. */
export async function userIdsOfSuppliers(
  ctx: Ctx,
  supplierIds: readonly string[],
  area: Area,
): Promise<string[]> {
  return (await peopleFor(ctx, supplierIds, area)).map((person) => person.id);
}

/** Whom to tell at a supplier about something of this area. */
export const supplierUserIds = (ctx: Ctx, supplierId: string, area: Area): Promise<string[]> =>
  userIdsOfSuppliers(ctx, [supplierId], area);

/** Whom to tell of an order, apart: those who see its prices, and those who work without them. */
export async function orderReaders(
  ctx: Ctx,
  supplierId: string,
): Promise<{ priced: string[]; unpriced: string[] }> {
  const people = await peopleFor(ctx, [supplierId], 'orders');
  const idsOf = (isPriced: boolean): string[] =>
    people
      .filter((person) => seesPrices({ kind: 'supplier', roles: person.roles }) === isPriced)
      .map((person) => person.id);
  return { priced: idsOf(true), unpriced: idsOf(false) };
}

const peopleFor = (
  ctx: Ctx,
  supplierIds: readonly string[],
  area: Area,
): Promise<{ id: string; roles: SupplierRole[] }[]> =>
  rowsOf(
    ctx.tx,
    `SELECT person.id, array_agg(held.role) AS roles
       FROM user_account AS person
       JOIN user_role AS held ON held.user_id = person.id
      WHERE person.supplier_id = ANY (?::uuid[])
        AND person.is_active
      GROUP BY person.id
     HAVING array_agg(held.role) && ?::text[]
      ORDER BY person.supplier_id, person.created_at, person.id`,
    [supplierIds, rolesOfArea[area]],
  );

/** Everybody active at a supplier, whatever they do there. */
export async function activeUserIds(ctx: Ctx, supplierId: string): Promise<string[]> {
  const people = await rowsOf<{ id: string }>(
    ctx.tx,
    `SELECT person.id
       FROM user_account AS person
      WHERE person.supplier_id = ?
        AND person.is_active
      ORDER BY person.created_at, person.id`,
    [supplierId],
  );
  return people.map((person) => person.id);
}
