import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';

/** Where a supplier works and sends goods from. */
export type SupplierSite = {
  readonly id: string;
  readonly name: string;
  readonly country: string | null;
  readonly addressLines: readonly string[];
  readonly timeZone: string;
  readonly isActive: boolean;
  readonly version: number;
};

const SITE = `
  SELECT site.id, site.name, site.country, site.address_lines AS "addressLines", site.time_zone AS "timeZone",
         site.is_active AS "isActive", site.version
    FROM supplier_site AS site`;

export const findSites = (tx: Tx, supplierId: string): Promise<SupplierSite[]> =>
  rowsOf<SupplierSite>(
    tx,
    `${SITE} WHERE site.supplier_id = ? AND site.is_active ORDER BY lower(site.name), site.id LIMIT 200`,
    [supplierId],
  );

type OfSupplier = { readonly supplierId: string; readonly siteId: string };

export const findSite = (tx: Tx, of: OfSupplier): Promise<SupplierSite | undefined> =>
  firstOf<SupplierSite>(tx, `${SITE} WHERE site.id = ? AND site.supplier_id = ? AND site.is_active`, [
    of.siteId,
    of.supplierId,
  ]);

/** False when the supplier has a site of this name, whatever its case. */
export async function insertSite(
  tx: Tx,
  site: Omit<SupplierSite, 'isActive' | 'version'> & { supplierId: string; createdAt: Date },
): Promise<boolean> {
  const inserted = await tx('supplier_site')
    .insert({
      id: site.id,
      supplier_id: site.supplierId,
      name: site.name,
      country: site.country,
      address_lines: site.addressLines,
      time_zone: site.timeZone,
      created_at: site.createdAt,
    })
    .onConflict(tx.raw('(supplier_id, lower(name)) WHERE is_active'))
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

/** False when somebody else changed it meanwhile. */
export async function saveSite(
  tx: Tx,
  site: Omit<SupplierSite, 'isActive'> & { supplierId: string },
): Promise<boolean> {
  const saved = await tx('supplier_site')
    .where({ id: site.id, supplier_id: site.supplierId, version: site.version, is_active: true })
    .update({
      name: site.name,
      country: site.country,
      address_lines: site.addressLines,
      time_zone: site.timeZone,
      version: site.version + 1,
    });
  return saved === 1;
}

/** Another active site of this supplier has the name. */
export const isNameTaken = async (
  tx: Tx,
  of: { supplierId: string; name: string; exceptId: string },
): Promise<boolean> =>
  (await firstOf(
    tx,
    `SELECT site.id FROM supplier_site AS site
      WHERE site.supplier_id = ? AND lower(site.name) = lower(?) AND site.is_active AND site.id <> ?`,
    [of.supplierId, of.name, of.exceptId],
  )) !== undefined;

export async function closeSite(tx: Tx, of: OfSupplier): Promise<boolean> {
  const saved = await tx('supplier_site')
    .where({ id: of.siteId, supplier_id: of.supplierId, is_active: true })
    .update({ is_active: false, version: tx.raw('version + 1') });
  return saved === 1;
}
