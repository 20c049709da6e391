import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';
import type { Supplier } from './supplier.ts';

export const SUPPLIER_COLUMNS = `
       supplier.id, supplier.reference, supplier.name, supplier.country,
       supplier.address_lines AS "addressLines", supplier.tax_id AS "taxId", supplier.language, supplier.state,
       supplier.version`;
const SUPPLIER = `SELECT ${SUPPLIER_COLUMNS} FROM supplier`;

export const findById = async (tx: Tx, id: string): Promise<Supplier | undefined> =>
  (
    await named<Supplier>(tx, {
      name: 'supplier.find',
      text: `${SUPPLIER} WHERE supplier.id = $1`,
      values: [id],
    })
  )[0];

export const lockById = (tx: Tx, id: string): Promise<Supplier | undefined> =>
  firstOf<Supplier>(tx, `${SUPPLIER} WHERE supplier.id = ? FOR UPDATE`, [id]);

export const findByIds = (tx: Tx, ids: readonly string[]): Promise<Supplier[]> =>
  rowsOf<Supplier>(tx, `${SUPPLIER} WHERE supplier.id = ANY (?::uuid[]) ORDER BY lower(supplier.name)`, [
    ids,
  ]);

export const findByReferences = (tx: Tx, references: readonly string[]): Promise<Supplier[]> =>
  rowsOf<Supplier>(tx, `${SUPPLIER} WHERE supplier.reference = ANY (?::text[])`, [[...new Set(references)]]);

/** Registered suppliers whose name contains the words, by name. */
export const findInvitable = (tx: Tx, of: { search: string; limit: number }): Promise<Supplier[]> =>
  rowsOf<Supplier>(
    tx,
    `${SUPPLIER}
      WHERE supplier.state = 'registered'
        AND position(lower(?) IN lower(supplier.name)) > 0
      ORDER BY lower(supplier.name)
      LIMIT ?`,
    [of.search, of.limit],
  );

/** False when the name is taken, whatever its case: two rows of one supplier split its record. */
export async function insertSupplier(tx: Tx, supplier: Supplier, createdAt: Date): Promise<boolean> {
  const inserted = await tx('supplier')
    .insert({
      id: supplier.id,
      reference: supplier.reference,
      name: supplier.name,
      country: supplier.country,
      address_lines: supplier.addressLines,
      tax_id: supplier.taxId,
      language: supplier.language,
      state: supplier.state,
      created_at: createdAt,
    })
    .onConflict(tx.raw('(lower(name))'))
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

/** False when another supplier has the name. The row is locked, so its version is the one that was read. */
export async function saveDetails(tx: Tx, supplier: Supplier): Promise<boolean> {
  const saved = await tx('supplier')
    .where({ id: supplier.id, version: supplier.version })
    .whereNotExists(
      tx('supplier AS other')
        .select('other.id')
        .whereRaw('lower(other.name) = lower(?)', [supplier.name])
        .whereNot('other.id', supplier.id),
    )
    .update({
      name: supplier.name,
      country: supplier.country,
      address_lines: supplier.addressLines,
      tax_id: supplier.taxId,
      language: supplier.language,
      version: supplier.version + 1,
    });
  return saved === 1;
}

export async function saveState(tx: Tx, supplier: Supplier): Promise<void> {
  await tx('supplier')
    .where({ id: supplier.id })
    .update({ state: supplier.state, version: supplier.version + 1 });
}

export async function clearPrimary(tx: Tx, supplierId: string): Promise<void> {
  await tx('supplier_contact')
    .where({ supplier_id: supplierId, is_primary: true })
    .update({ is_primary: false });
}

export async function insertContact(
  tx: Tx,
  contact: { id: string; supplierId: string; userId: string; phone: string | null; isPrimary: boolean },
): Promise<void> {
  await tx('supplier_contact').insert({
    id: contact.id,
    supplier_id: contact.supplierId,
    user_id: contact.userId,
    phone: contact.phone,
    is_primary: contact.isPrimary,
  });
}
