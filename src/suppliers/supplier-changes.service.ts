import { record } from '../audit/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './supplier.store.ts';
import { assertNotEnded, type Supplier, supplierLifecycle } from './supplier.ts';
import type { NewSupplier } from './suppliers.service.ts';

const DETAILS = ['name', 'country', 'addressLines', 'taxId', 'language'] as const;

/**
 * Changes what is known of a supplier. `version` is the one the editor saw.
 * @throws AppError `supplier.not-found`, `supplier.has-ended`, `supplier.changed-meanwhile`, `supplier.name-in-use`
 */
export async function reviseSupplier(
  ctx: Ctx,
  { supplierId, version, ...details }: NewSupplier & { supplierId: string; version: number },
): Promise<void> {
  const before = found('supplier', await store.lockById(ctx.tx, supplierId));
  assertNotEnded(before);
  if (before.version !== version)
    throw conflict('supplier.changed-meanwhile', 'Somebody else changed the supplier meanwhile', {
      name: before.name,
    });
  if (!(await store.saveDetails(ctx.tx, { ...before, ...details })))
    throw ruleBroken('supplier.name-in-use', 'There is a supplier of this name', { name: details.name });
  await record(ctx, {
    action: 'supplier.revised',
    subject: { type: 'supplier', id: supplierId },
    supplierId,
    changes: { fields: DETAILS.filter((field) => String(before[field]) !== String(details[field])) },
  });
}

/**
 * Invites it to nothing more, until it is released. What it is invited to already goes on.
 * @throws AppError `supplier.not-found`, `supplier.cannot-hold`, `supplier.needs-a-reason`
 */
export const holdSupplier = (ctx: Ctx, of: { supplierId: string; reason: string }): Promise<void> =>
  moveSupplier(ctx, { ...of, action: 'hold', act: 'supplier.held' });

/** @throws AppError `supplier.not-found`, `supplier.cannot-release`, `supplier.needs-a-reason` */
export const releaseSupplier = (ctx: Ctx, of: { supplierId: string; reason: string }): Promise<void> =>
  moveSupplier(ctx, { ...of, action: 'release', act: 'supplier.released' });

async function moveSupplier(
  ctx: Ctx,
  of: { supplierId: string; reason: string; action: 'hold' | 'release'; act: string },
): Promise<void> {
  const before = found('supplier', await store.lockById(ctx.tx, of.supplierId));
  const after: Supplier = { ...before, state: supplierLifecycle.next(before.state, of.action) };
  if (of.reason.trim() === '') throw ruleBroken('supplier.needs-a-reason', 'Say why');
  await store.saveState(ctx.tx, after);
  await record(ctx, {
    action: of.act,
    subject: { type: 'supplier', id: after.id },
    supplierId: after.id,
    from: before.state,
    to: after.state,
    reason: of.reason,
  });
}
