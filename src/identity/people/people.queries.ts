import type { Role } from '../../kernel/actor.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findListPage, idKey, type Key, partOf, type Sort } from '../../platform/db/keyset.ts';

/** A line of the list of people. */
export type PersonRow = {
  readonly id: string;
  readonly name: string;
  /** The name as it is sorted by. */
  readonly sortName: string;
  readonly email: string;
  readonly kind: 'staff' | 'supplier';
  readonly supplierName: string | null;
  readonly roles: readonly Role[];
  readonly isActive: boolean;
  readonly lastSignedInAt: Date | null;
};

export const personSorts = ['name', 'name-last', 'seen', 'unseen'] as const;
export type PersonSort = (typeof personSorts)[number];

/** `search` finds a part of the name, of the e-mail address or of the supplier's name. */
export type PersonFilter = {
  readonly search: string;
  readonly kind: 'staff' | 'supplier' | null;
  readonly role: Role | null;
  readonly standing: 'active' | 'deactivated' | null;
  readonly sort: PersonSort;
};

// A cursor's values are joined by ~.
const NAME: Key<PersonRow> = {
  sql: `replace(lower(person.name), '~', '-')`,
  type: 'text',
  of: (row) => row.sortName,
  accepts: (value) => value !== '' && !value.includes('\0'),
};
const SEEN: Key<PersonRow> = {
  sql: `coalesce(date_trunc('milliseconds', person.last_signed_in_at), '-infinity')`,
  type: 'timestamptz',
  of: (row) => row.lastSignedInAt?.toISOString() ?? '-infinity',
  accepts: (value) => value === '-infinity' || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
};
const ID = idKey<PersonRow>('person.id');

const SORTS: Readonly<Record<PersonSort, Sort<PersonRow>>> = {
  name: { keys: [NAME, ID], direction: 'ASC' },
  'name-last': { keys: [NAME, ID], direction: 'DESC' },
  seen: { keys: [SEEN, ID], direction: 'DESC' },
  unseen: { keys: [SEEN, ID], direction: 'ASC' },
};

// Suppliers come later in the order of a purchase: here they are known by name only.
const SELECT = `
  SELECT person.id, person.name, replace(lower(person.name), '~', '-') AS "sortName", person.email, person.kind,
         supplier.name AS "supplierName", person.is_active AS "isActive",
         person.last_signed_in_at AS "lastSignedInAt",
         ARRAY(SELECT DISTINCT held.role FROM user_role AS held
                WHERE held.user_id = person.id ORDER BY held.role) AS roles
    FROM user_account AS person
    LEFT JOIN supplier ON supplier.id = person.supplier_id`;

/** One page of the people with an account. @throws AppError `page.not-found` for a cursor that is not one of ours */
export const listPeople = (ctx: Ctx, filter: PersonFilter, page: PageRequest): Promise<Page<PersonRow>> =>
  findListPage<PersonRow>(ctx.tx, {
    name: 'person.list',
    select: SELECT,
    conditions: [
      {
        name: 'search',
        value: partOf(filter.search),
        sql: (at) => `(person.name ILIKE ${at} OR person.email ILIKE ${at} OR supplier.name ILIKE ${at})`,
      },
      { name: 'kind', value: filter.kind, sql: (at) => `person.kind = ${at}` },
      {
        name: 'role',
        value: filter.role,
        sql: (at) =>
          `EXISTS (SELECT FROM user_role AS asked WHERE asked.user_id = person.id AND asked.role = ${at})`,
      },
      {
        name: 'standing',
        value: filter.standing === null ? null : filter.standing === 'active',
        sql: (at) => `person.is_active = ${at}`,
      },
    ],
    sort: { ...SORTS[filter.sort], name: filter.sort },
    page,
  });
