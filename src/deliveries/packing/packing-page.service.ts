import { found } from '../../kernel/errors.ts';
import { trimDecimal } from '../../kernel/money.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { type DespatchAdvice, despatchAdviceLifecycle } from '../despatch-advice.ts';
import { findDespatch } from '../despatches.service.ts';
import { type HandlingUnit, type PackedUnit, proposeUnits } from './handling-unit.ts';
import type { Proposal } from './packing.forms.ts';
import { findNamedLines } from './packing.queries.ts';
import { findHandlingUnits, findLinesToPack } from './packing.service.ts';
import type { NamedLine } from './packing-content.ts';
import { shownSscc } from './sscc.ts';

const SPARE_UNITS = 3;

export type PackingForm = {
  readonly despatch: DespatchAdvice;
  readonly lines: readonly (NamedLine & { readonly announced: string })[];
  /** What stands in the fields at first: as it is packed now, or the proposal. */
  readonly units: readonly PackedUnit[];
  /** How many rows each unit of the form has, spare ones at the end. */
  readonly rows: readonly number[];
  readonly mayPack: boolean;
};

/** The form that says how a delivery is packed.
 * @throws AppError `despatch_advice.not-found` */
export async function getPackingForm(
  ctx: Ctx,
  of: { despatchId: string; proposal: Proposal; typed: readonly number[] },
): Promise<PackingForm> {
  const despatch = found('despatch_advice', await findDespatch(ctx, of.despatchId));
  const announced = await findLinesToPack(ctx, despatch.id);
  const quantities = new Map(announced.map((line) => [line.poLineId, trimDecimal(line.quantity)]));
  const { kind, mode, perUnit } = of.proposal;
  const present = mode === 'together' ? (await findHandlingUnits(ctx, despatch.id)).map(asTyped) : [];
  const units =
    present.length > 0
      ? present
      : proposeUnits(announced, { kind, isTogether: mode === 'together', perUnit });
  const spare = Array.from({ length: SPARE_UNITS }, () => 0);
  const first = [...units.map((unit) => unit.contents.length), ...spare].map((count) => count + 1);
  return {
    despatch,
    lines: (await findNamedLines(ctx, despatch.id)).map((line) => ({
      ...line,
      announced: found('despatch_line', quantities.get(line.poLineId)),
    })),
    units,
    rows: of.typed.length === 0 ? first : of.typed,
    mayPack: despatchAdviceLifecycle.may(despatch.state, 'pack'),
  };
}

/** A kept unit as somebody would type it; its code is not given again. */
const asTyped = (unit: HandlingUnit): PackedUnit => ({
  ...unit,
  sscc: '',
  grossWeightKg: unit.grossWeightKg === null ? null : trimDecimal(unit.grossWeightKg),
  contents: unit.contents.map((row) => ({ ...row, quantity: trimDecimal(row.quantity) })),
});

/** A unit as the delivery's page shows it. */
export type ShownUnit = HandlingUnit & {
  readonly shownSscc: string;
  readonly rows: readonly (PackedUnit['contents'][number] & { readonly line: NamedLine })[];
};

/** The units of a delivery with the names of what is in them. */
export async function getShownUnits(ctx: Ctx, despatchId: string): Promise<ShownUnit[]> {
  const units = await findHandlingUnits(ctx, despatchId);
  if (units.length === 0) return [];
  const lines = new Map((await findNamedLines(ctx, despatchId)).map((line) => [line.poLineId, line]));
  return units.map((unit) => ({
    ...unit,
    shownSscc: shownSscc(unit.sscc),
    rows: unit.contents.map((row) => ({ ...row, line: found('po_line', lines.get(row.poLineId)) })),
  }));
}
