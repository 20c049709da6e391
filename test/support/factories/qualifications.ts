import type { Day } from '../../../src/kernel/time.ts';
import { decideQualification, proposeQualification } from '../../../src/suppliers/index.ts';
import type { World } from '../world.ts';

/** Qualifies a supplier in a category, asked for by a buyer and agreed to by an approver. Gives its id. */
export async function qualify(
  world: World,
  of: {
    supplierId: string;
    categoryCode?: string;
    plantCode?: string | null;
    validUntil?: Day | null;
  },
): Promise<string> {
  const { supplierId, categoryCode = 'MACH', plantCode = null, validUntil = null } = of;
  const [buyer, approver] = [await world.staff('buyer'), await world.staff('approver')];
  const proposal = { wanted: 'qualified', conditions: '', validUntil, reason: 'Audited' } as const;
  await world.runInTx(buyer, (ctx) =>
    proposeQualification(ctx, { ...proposal, supplierId, categoryCode, plantCode, files: [] }),
  );
  const { id, version } = await world
    .db('qualification')
    .where({ supplier_id: supplierId, category_code: categoryCode, plant_code: plantCode })
    .first();
  await world.runInTx(approver, (ctx) =>
    decideQualification(ctx, { supplierId, id, version, agrees: true, comment: '' }),
  );
  return id;
}
