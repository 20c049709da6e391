import { record } from '../audit/index.ts';
import { conflict, found, notFound, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './site.store.ts';
import { lockById } from './supplier.store.ts';

export type { SupplierSite } from './site.store.ts';

type Details = Pick<store.SupplierSite, 'name' | 'country' | 'addressLines' | 'timeZone'>;
type OfSite = { readonly supplierId: string; readonly siteId: string };

/** A supplier's sites, by name. */
export const listSites = (ctx: Ctx, supplierId: string): Promise<store.SupplierSite[]> =>
  store.findSites(ctx.tx, supplierId);

/** @throws AppError `supplier_site.not-found`, also for another supplier's and for one that was closed */
export const findSite = async (ctx: Ctx, of: OfSite): Promise<store.SupplierSite> =>
  found('supplier_site', await store.findSite(ctx.tx, of));

/** @throws AppError `supplier_site.name-in-use` */
export async function addSite(ctx: Ctx, site: Details & { supplierId: string }): Promise<string> {
  const id = newId();
  if (!(await store.insertSite(ctx.tx, { ...site, id, createdAt: ctx.now }))) throw nameInUse(site.name);
  await recordSite(ctx, 'supplier.site-added', { supplierId: site.supplierId, siteId: id });
  return id;
}

/**
 * Changes a site. `version` is the one the editor saw.
 * @throws AppError `supplier_site.not-found`, `supplier_site.name-in-use`, `supplier_site.changed-meanwhile`
 */
export async function changeSite(ctx: Ctx, of: Details & OfSite & { version: number }): Promise<void> {
  found('supplier', await lockById(ctx.tx, of.supplierId));
  await findSite(ctx, of);
  if (await store.isNameTaken(ctx.tx, { ...of, exceptId: of.siteId })) throw nameInUse(of.name);
  if (!(await store.saveSite(ctx.tx, { ...of, id: of.siteId })))
    throw conflict('supplier_site.changed-meanwhile', 'Somebody else changed the site meanwhile', {
      name: of.name,
    });
  await recordSite(ctx, 'supplier.site-changed', of);
}

/** Closes a site: nothing leaves from there any more. Deliveries that did keep naming it.
 * @throws AppError `supplier_site.not-found` */
export async function closeSite(ctx: Ctx, of: OfSite): Promise<void> {
  if (!(await store.closeSite(ctx.tx, of))) throw notFound('supplier_site');
  await recordSite(ctx, 'supplier.site-closed', of);
}

const nameInUse = (name: string) =>
  ruleBroken('supplier_site.name-in-use', 'There is a site of this name', { name });

const recordSite = (ctx: Ctx, action: string, of: OfSite): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'supplier', id: of.supplierId },
    supplierId: of.supplierId,
    changes: { siteId: of.siteId },
  });
