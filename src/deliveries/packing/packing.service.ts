import { record } from '../../audit/index.ts';
import { conflict, found, invalid } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { findShownDespatchLines } from '../deliveries.queries.ts';
import * as despatchStore from '../despatch-advice.store.ts';
import { type DespatchAdvice, despatchAdviceLifecycle } from '../despatch-advice.ts';
import * as store from './handling-unit.store.ts';
import { type HandlingUnit, type LineToPack, type PackedUnit, packedUnits } from './handling-unit.ts';
import { ssccOf } from './sscc.ts';

/** The pallets and parcels of a delivery the caller may see, as it is packed now. */
export const findHandlingUnits = (ctx: Ctx, despatchId: string): Promise<HandlingUnit[]> =>
  store.findUnits(ctx.tx, despatchId);

export type Packing = {
  readonly despatchId: string;
  /** The packing that was in front of the one who packs: 0 where there was none. */
  readonly packingNo: number;
  readonly units: readonly PackedUnit[];
};

/**
 * Says how a delivery is packed, or says it anew: units get their SSCC, and a job makes labels and packing list.
 * Can be done until the goods are on their way; SSCC of an earlier packing are not given again.
 * @throws AppError `despatch_advice.not-found`, `despatch_advice.cannot-pack`,
 * `despatch_advice.packed-meanwhile`, `handling_unit.packing-refused`, and what {@link packedUnits} throws
 */
export async function packDelivery(ctx: Ctx, packing: Packing): Promise<void> {
  const scope = { id: packing.despatchId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  const despatch = found('despatch_advice', await despatchStore.lockDespatchById(ctx.tx, scope));
  despatchAdviceLifecycle.next(despatch.state, 'pack');
  if (despatch.packingNo !== packing.packingNo)
    throw conflict('despatch_advice.packed-meanwhile', 'Somebody packed it meanwhile', {
      reference: despatch.reference,
    });
  const packed = packedUnits(await findLinesToPack(ctx, despatch.id), packing.units);
  await assertOwnCodesAreFree(ctx, packing.units);
  const units = await numberUnits(ctx, packed);
  const packingNo = despatch.packingNo + 1;
  await store.insertPacking(ctx.tx, { despatchId: despatch.id, packingNo, packedAt: ctx.now, units });
  await record(ctx, {
    action: 'despatch_advice.packed',
    subject: { type: 'despatch_advice', id: despatch.id },
    supplierId: despatch.supplierId,
    changes: changesOf(despatch, packingNo, units),
  });
}

const changesOf = (despatch: DespatchAdvice, packingNo: number, units: readonly HandlingUnit[]) => ({
  reference: despatch.reference,
  orderId: despatch.orderId,
  packingNo,
  units: units.length,
  firstSscc: units[0]?.sscc,
});

/** The lines of a delivery with the order's numbers. */
export const findLinesToPack = async (ctx: Ctx, despatchId: string): Promise<LineToPack[]> =>
  (await findShownDespatchLines(ctx, despatchId)).map(({ poLineId, lineNo, announcedQuantity }) => ({
    poLineId,
    lineNo,
    quantity: announcedQuantity,
  }));

async function assertOwnCodesAreFree(ctx: Ctx, units: readonly PackedUnit[]): Promise<void> {
  const own = units.map((unit) => unit.sscc).filter((sscc) => sscc !== '');
  const taken = own.length === 0 ? undefined : await store.findTakenSscc(ctx.tx, own);
  if (taken === undefined) return;
  throw invalid('handling_unit.packing-refused', 'The packing needs attention', [
    {
      path: `units.${units.findIndex((unit) => unit.sscc === taken)}.sscc`,
      code: 'handling_unit.sscc-taken',
      message: `${taken} is taken`,
      params: { value: taken },
    },
  ]);
}

async function numberUnits(ctx: Ctx, packed: readonly PackedUnit[]): Promise<store.NewPacking['units']> {
  const { companyPrefix, extensionDigit } = ctx.policies.handlingUnits;
  const count = packed.filter((unit) => unit.sscc === '').length;
  let serial = count === 0 ? 0n : await store.takeSerials(ctx.tx, { companyPrefix, count });
  return packed.map((unit, index) => ({
    ...unit,
    id: newId(),
    unitNo: index + 1,
    sscc: unit.sscc === '' ? ssccOf({ companyPrefix, extensionDigit, serial: serial++ }) : unit.sscc,
    contents: unit.contents.map((row) => ({ ...row, id: newId() })),
  }));
}
