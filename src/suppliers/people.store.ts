import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Colleague } from './people.ts';

const COLLEAGUE = `
  SELECT contact.id, contact.user_id AS "userId", person.name, person.email, contact.phone,
         contact.is_primary AS "isPrimary", person.is_active AS "isActive",
         ARRAY(SELECT DISTINCT held.role FROM user_role AS held
                WHERE held.user_id = person.id ORDER BY held.role) AS roles,
         ARRAY(SELECT place.site_id::text FROM supplier_contact_site AS place
                WHERE place.contact_id = contact.id) AS "siteIds",
         ARRAY(SELECT site.name FROM supplier_contact_site AS place JOIN supplier_site AS site ON site.id = place.site_id
                WHERE place.contact_id = contact.id AND site.is_active ORDER BY lower(site.name)) AS "siteNames",
         (person.password_hash IS NOT NULL
          OR EXISTS (SELECT FROM passkey WHERE passkey.user_id = person.id)) AS "canSignIn",
         person.last_signed_in_at AS "lastSignedInAt",
         (SELECT max(link.expires_at) FROM sign_in_link AS link
           WHERE link.user_id = person.id AND link.used_at IS NULL AND link.revoked_at IS NULL) AS "invitedUntil",
         contact.left_at AS "leftAt", contact.left_reason AS "leftReason", heir.name AS "successorName",
         contact.version
    FROM supplier_contact AS contact
    JOIN user_account AS person ON person.id = contact.user_id
    LEFT JOIN supplier_contact AS taken ON taken.id = contact.successor_id
    LEFT JOIN user_account AS heir ON heir.id = taken.user_id`;

/** The people of a supplier: active ones first, the first to ask at the top. */
export const findPeople = (tx: Tx, supplierId: string): Promise<Colleague[]> =>
  rowsOf<Colleague>(
    tx,
    `${COLLEAGUE}
   WHERE contact.supplier_id = ?
   ORDER BY person.is_active DESC, contact.is_primary DESC, lower(person.name), contact.id
   LIMIT 200`,
    [supplierId],
  );

type OfSupplier = { readonly supplierId: string; readonly contactId: string };

export const findColleague = (tx: Tx, of: OfSupplier): Promise<Colleague | undefined> =>
  firstOf<Colleague>(tx, `${COLLEAGUE} WHERE contact.id = ? AND contact.supplier_id = ?`, [
    of.contactId,
    of.supplierId,
  ]);

export const lockColleague = (tx: Tx, of: OfSupplier): Promise<Colleague | undefined> =>
  firstOf<Colleague>(
    tx,
    `${COLLEAGUE} WHERE contact.id = ? AND contact.supplier_id = ? FOR UPDATE OF contact`,
    [of.contactId, of.supplierId],
  );

/** Counts a change, for forms that two people may have open. False when somebody else changed it meanwhile. */
export async function saveVersion(tx: Tx, of: { contactId: string; version: number }): Promise<boolean> {
  const saved = await tx('supplier_contact')
    .where({ id: of.contactId, version: of.version })
    .update({ version: of.version + 1 });
  return saved === 1;
}

export async function saveLeaving(
  tx: Tx,
  of: { contactId: string; at: Date; reason: string; successorId: string | null },
): Promise<void> {
  await tx('supplier_contact')
    .where({ id: of.contactId })
    .update({
      is_primary: false,
      left_at: of.at,
      left_reason: of.reason,
      successor_id: of.successorId,
      version: tx.raw('version + 1'),
    });
}

export async function saveReturning(tx: Tx, contactId: string): Promise<void> {
  await tx('supplier_contact')
    .where({ id: contactId })
    .update({ left_at: null, left_reason: null, successor_id: null, version: tx.raw('version + 1') });
}

/** What the leaver was, the successor is: the main contact, and of the leaver's sites. */
export async function passOn(
  tx: Tx,
  of: { supplierId: string; from: string; to: string; wasPrimary: boolean },
): Promise<void> {
  if (of.wasPrimary) await tx('supplier_contact').where({ id: of.to }).update({ is_primary: true });
  await tx.raw(
    `INSERT INTO supplier_contact_site (contact_id, site_id, supplier_id)
     SELECT ?, place.site_id, place.supplier_id FROM supplier_contact_site AS place
      WHERE place.contact_id = ? AND place.supplier_id = ?
     ON CONFLICT DO NOTHING`,
    [of.to, of.from, of.supplierId],
  );
}

/** Gives somebody exactly these sites of its own supplier; another's are passed over. */
export async function replaceSites(
  tx: Tx,
  of: { supplierId: string; contactId: string; siteIds: readonly string[] },
): Promise<void> {
  await tx('supplier_contact_site').where({ contact_id: of.contactId, supplier_id: of.supplierId }).delete();
  await tx.raw(
    `INSERT INTO supplier_contact_site (contact_id, site_id, supplier_id)
     SELECT ?, site.id, site.supplier_id FROM supplier_site AS site
      WHERE site.id = ANY (?::uuid[]) AND site.supplier_id = ? AND site.is_active`,
    [of.contactId, [...of.siteIds], of.supplierId],
  );
}
