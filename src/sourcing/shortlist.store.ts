import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Shortlist } from './shortlist.ts';

const SHORTLIST = `
  SELECT list.id, list.name, list.owner_id AS "ownerId", owner.name AS "ownerName", list.is_shared AS "isShared",
         list.version,
         ARRAY(SELECT member.supplier_id
                 FROM supplier_shortlist_member AS member
                 JOIN supplier ON supplier.id = member.supplier_id
                WHERE member.shortlist_id = list.id
                ORDER BY lower(supplier.name)) AS "memberIds"
    FROM supplier_shortlist AS list
    JOIN user_account AS owner ON owner.id = list.owner_id
   WHERE (list.is_shared OR list.owner_id = ?)`;

type Of = { readonly id: string; readonly userId: string };

/** Those that this person may use, its own first. */
export const findShortlists = (tx: Tx, userId: string): Promise<Shortlist[]> =>
  rowsOf<Shortlist>(tx, `${SHORTLIST} ORDER BY list.owner_id <> ?, lower(list.name), list.id LIMIT 200`, [
    userId,
    userId,
  ]);

export const findShortlist = (tx: Tx, of: Of): Promise<Shortlist | undefined> =>
  firstOf<Shortlist>(tx, `${SHORTLIST} AND list.id = ?`, [of.userId, of.id]);

export const lockShortlist = (tx: Tx, of: Of): Promise<Shortlist | undefined> =>
  firstOf<Shortlist>(tx, `${SHORTLIST} AND list.id = ? FOR UPDATE OF list`, [of.userId, of.id]);

/** False where its owner has one of this name already. */
export async function insertShortlist(
  tx: Tx,
  list: Pick<Shortlist, 'id' | 'name' | 'ownerId' | 'isShared'> & { createdAt: Date },
): Promise<boolean> {
  const inserted = await rowsOf(
    tx,
    `INSERT INTO supplier_shortlist (id, name, owner_id, is_shared, created_at)
     VALUES (:id, :name, :ownerId, :isShared, :createdAt)
         ON CONFLICT (owner_id, lower(name)) DO NOTHING
     RETURNING id`,
    list,
  );
  return inserted.length === 1;
}

/** False where its owner has another one of this name. */
export async function saveShortlist(
  tx: Tx,
  list: Pick<Shortlist, 'id' | 'name' | 'isShared' | 'version'>,
): Promise<boolean> {
  const saved = await rowsOf(
    tx,
    `UPDATE supplier_shortlist AS list
        SET name = :name, is_shared = :isShared, version = :version + 1
      WHERE list.id = :id
        AND NOT EXISTS (SELECT FROM supplier_shortlist AS other
                         WHERE other.owner_id = list.owner_id
                           AND other.id <> list.id
                           AND lower(other.name) = lower(:name))
     RETURNING list.id`,
    list,
  );
  return saved.length === 1;
}

export async function replaceMembers(
  tx: Tx,
  of: { id: string; supplierIds: readonly string[] },
): Promise<void> {
  const { id, supplierIds } = of;
  await tx('supplier_shortlist_member')
    .where({ shortlist_id: id })
    .whereNotIn('supplier_id', [...supplierIds])
    .delete();
  await rowsOf(
    tx,
    `INSERT INTO supplier_shortlist_member (shortlist_id, supplier_id)
     SELECT ?, given.id FROM unnest(?::uuid[]) AS given (id)
         ON CONFLICT (shortlist_id, supplier_id) DO NOTHING`,
    [id, [...supplierIds]],
  );
}

export async function deleteShortlist(tx: Tx, id: string): Promise<void> {
  await tx('supplier_shortlist').where({ id }).delete();
}
