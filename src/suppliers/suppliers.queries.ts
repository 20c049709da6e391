import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { Ctx } from '../platform/db/context.ts';
import { named, rowsOf } from '../platform/db/statements.ts';
import type { SupplierContact, SupplierState } from './supplier.ts';

/** A line of the list of suppliers. */
export type SupplierRow = {
  readonly id: string;
  readonly reference: string;
  readonly name: string;
  readonly country: string | null;
  readonly state: SupplierState;
  readonly contactCount: number;
  readonly primaryContact: string | null;
};

/** Suppliers by name; names are unique whatever their case, so the name is the cursor. */
export async function listSuppliers(
  ctx: Ctx,
  of: { search: string; state: SupplierState | null; page: PageRequest },
): Promise<Page<SupplierRow>> {
  const rows = await named<SupplierRow>(ctx.tx, {
    name: 'supplier.list',
    text: `
      SELECT supplier.id, supplier.reference, supplier.name, supplier.country, supplier.state,
             people.count AS "contactCount", people.primary_name AS "primaryContact"
        FROM supplier
       CROSS JOIN LATERAL (
               SELECT count(*)::int AS count,
                      max(person.name) FILTER (WHERE contact.is_primary) AS primary_name
                 FROM supplier_contact AS contact
                 JOIN user_account AS person ON person.id = contact.user_id
                WHERE contact.supplier_id = supplier.id) AS people
       WHERE lower(supplier.name) > lower($1)
         AND ($2::text IS NULL OR supplier.state = $2)
         AND ($3::text = '' OR position(lower($3) IN lower(supplier.name)) > 0
                            OR supplier.reference = upper($3))
       ORDER BY lower(supplier.name)
       LIMIT $4`,
    values: [of.page.after ?? '', of.state, of.search, of.page.limit + 1],
  });
  return toPage(rows, of.page.limit, (row) => row.name);
}

/** The people of a supplier, the first to ask at the top. */
export const listContacts = (ctx: Ctx, supplierId: string): Promise<SupplierContact[]> =>
  rowsOf<SupplierContact>(
    ctx.tx,
    `SELECT contact.id, contact.user_id AS "userId", person.name, person.email, contact.phone,
            contact.is_primary AS "isPrimary", person.is_active AS "isActive",
            ARRAY(SELECT held.role FROM user_role AS held WHERE held.user_id = person.id ORDER BY held.role) AS roles
       FROM supplier_contact AS contact
       JOIN user_account AS person ON person.id = contact.user_id
      WHERE contact.supplier_id = ?
      ORDER BY contact.is_primary DESC, lower(person.name), contact.id
      LIMIT 200`,
    [supplierId],
  );

/** Whom to tell at several suppliers: their active users, in one query. */
export async function userIdsOfSuppliers(ctx: Ctx, supplierIds: readonly string[]): Promise<string[]> {
  const people = await rowsOf<{ id: string }>(
    ctx.tx,
    `SELECT person.id
       FROM user_account AS person
      WHERE person.supplier_id = ANY (?::uuid[])
        AND person.is_active
      ORDER BY person.supplier_id, person.id`,
    [supplierIds],
  );
  return people.map((person) => person.id);
}
