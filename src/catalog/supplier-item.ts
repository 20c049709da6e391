import { ruleBroken } from '../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  floorTo,
  isZero,
  multiplyDecimals,
  ratio,
  roundDecimal,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import type { UnitCode } from '../kernel/quantity.ts';

/** What a supplier calls an item of ours, and how it sells it. */
export type SupplierItemTerms = {
  readonly supplierId: string;
  readonly itemCode: string;
  readonly supplierItemCode: string;
  /** Ours. */
  readonly unit: UnitCode;
  readonly supplierUnit: UnitCode;
  /** How many of our unit one of the supplier's is. */
  readonly unitsPerSupplierUnit: DecimalString;
  /** Sold in multiples of so many of the supplier's units; null: in any quantity. */
  readonly packQuantity: DecimalString | null;
  /** And not fewer of them than this. */
  readonly minimumQuantity: DecimalString | null;
};
export type SupplierItem = SupplierItemTerms & { readonly id: string; readonly version: number };

/** A unit is one of itself. @throws AppError `supplier_item.same-unit-converted` */
export function assertConverts(
  terms: Pick<SupplierItemTerms, 'unit' | 'supplierUnit' | 'unitsPerSupplierUnit'>,
): void {
  if (terms.unit === terms.supplierUnit && !isZero(subtractDecimals(terms.unitsPerSupplierUnit, '1')))
    throw ruleBroken('supplier_item.same-unit-converted', 'One of a unit is one of it');
}

type Ordered = { readonly quantity: DecimalString; readonly unit: UnitCode };

/** How many of a line's unit one of the supplier's is; null where the two say nothing of each other. */
const unitsPer = (line: Ordered, item: SupplierItemTerms): DecimalString | null =>
  line.unit === item.unit ? item.unitsPerSupplierUnit : line.unit === item.supplierUnit ? '1' : null;

/** What is ordered in the supplier's unit, where that is another one and the two can be converted. */
export function inSupplierUnit(line: Ordered, item: SupplierItemTerms): Ordered | null {
  const per = unitsPer(line, item);
  if (per === null || line.unit === item.supplierUnit) return null;
  return { quantity: trimDecimal(roundDecimal(ratio(line.quantity, per), 6)), unit: item.supplierUnit };
}

/** Why a quantity is not one the supplier packs, and the next larger one that is, in the unit of the line. */
export type PackagingFault = {
  readonly code: 'below-minimum' | 'no-multiple';
  readonly fits: DecimalString;
};

/** Points out a quantity that the supplier does not pack; nothing is refused for it. */
export function packagingFault(line: Ordered, item: SupplierItemTerms): PackagingFault | null {
  const per = unitsPer(line, item);
  if (per === null) return null;
  const minimum = multiplyDecimals(item.minimumQuantity ?? '0', per);
  const isBelow = compareDecimals(line.quantity, minimum) < 0;
  const wanted = isBelow ? minimum : line.quantity;
  const fits =
    item.packQuantity === null ? wanted : nextMultiple(wanted, multiplyDecimals(item.packQuantity, per));
  if (compareDecimals(fits, line.quantity) === 0) return null;
  return { code: isBelow ? 'below-minimum' : 'no-multiple', fits: trimDecimal(fits) };
}

function nextMultiple(quantity: DecimalString, step: DecimalString): DecimalString {
  const whole = floorTo(ratio(quantity, step), 0);
  const below = multiplyDecimals(whole, step);
  return compareDecimals(below, quantity) >= 0 ? below : addDecimals([below, step]);
}
