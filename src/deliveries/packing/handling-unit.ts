import { type FieldError, found, invalid, ruleBroken } from '../../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  isZero,
  subtractDecimals,
  trimDecimal,
} from '../../kernel/money.ts';
import type { DespatchLine } from '../despatch-advice.ts';
import { isSscc } from './sscc.ts';

export const unitKinds = ['pallet', 'parcel', 'crate', 'container'] as const;
export type UnitKind = (typeof unitKinds)[number];

/** So much of an order line is in a handling unit, of this lot and with these serial numbers. */
export type UnitContent = {
  readonly poLineId: string;
  readonly quantity: DecimalString;
  readonly lotNumber: string;
  readonly serialNumbers: readonly string[];
};

/** A pallet or parcel as it is packed; without an SSCC of its supplier's it gets one of ours. */
export type PackedUnit = {
  readonly kind: UnitKind;
  readonly sscc: string;
  readonly grossWeightKg: DecimalString | null;
  readonly contents: readonly UnitContent[];
};

/** A pallet or parcel of a delivery. */
export type HandlingUnit = PackedUnit & { readonly id: string; readonly unitNo: number };

/** A line of the delivery that is packed. */
export type LineToPack = DespatchLine & { readonly lineNo: number };

/**
 * The units of a delivery, from a form's in their order: rows of nothing and units without any are left out. All
 * that is announced is packed, and no more, so that a label never says what the list does not.
 * @throws AppError `handling_unit.packing-refused` with a field for each fault, `handling_unit.nothing-packed`,
 * `po_line.not-found`
 */
export function packedUnits(lines: readonly LineToPack[], units: readonly PackedUnit[]): PackedUnit[] {
  const byId = new Map(lines.map((line) => [line.poLineId, line]));
  const faults = [
    ...units.flatMap((unit, index) => faultsOfUnit(unit, { index, byId })),
    ...twice(
      units.map((unit, index) => ({ path: `units.${index}.sscc`, value: unit.sscc })),
      'sscc-twice',
    ),
    ...twiceSerial(units),
  ];
  const packed = units
    .map((unit) => ({ ...unit, contents: unit.contents.filter((row) => isPositive(row.quantity)) }))
    .filter((unit) => unit.contents.length > 0);
  if (faults.length === 0 && packed.length === 0)
    throw ruleBroken('handling_unit.nothing-packed', 'Nothing is packed');
  if (faults.length === 0) faults.push(...faultsOfSums(lines, packed));
  if (faults.length > 0)
    throw invalid('handling_unit.packing-refused', 'The packing needs attention', faults);
  return packed;
}

function faultsOfUnit(
  unit: PackedUnit,
  of: { index: number; byId: ReadonlyMap<string, LineToPack> },
): FieldError[] {
  const at = `units.${of.index}`;
  const faults = unit.contents.flatMap((row, index) => {
    if (isPositive(row.quantity)) found('po_line', of.byId.get(row.poLineId));
    const count = row.serialNumbers.length;
    return count === 0 || compareDecimals(row.quantity, String(count)) === 0
      ? []
      : [
          fault(`${at}.contents.${index}.serialNumbers`, 'serial-numbers-do-not-count', {
            unit: of.index + 1,
            count,
            quantity: trimDecimal(row.quantity),
          }),
        ];
  });
  return unit.sscc === '' || isSscc(unit.sscc)
    ? faults
    : [...faults, fault(`${at}.sscc`, 'sscc-is-none', { unit: of.index + 1 })];
}

/** What is packed of each line is what is announced of it. */
function faultsOfSums(lines: readonly LineToPack[], packed: readonly PackedUnit[]): FieldError[] {
  const contents = packed.flatMap((unit) => unit.contents);
  return lines.flatMap((line) => {
    const sum = addDecimals(
      contents.filter((row) => row.poLineId === line.poLineId).map((row) => row.quantity),
    );
    const left = subtractDecimals(line.quantity, sum);
    if (isZero(left)) return [];
    return [
      fault('units', isPositive(left) ? 'line-not-packed' : 'line-packed-twice', {
        line: line.lineNo,
        packed: trimDecimal(sum),
        announced: trimDecimal(line.quantity),
      }),
    ];
  });
}

function twiceSerial(units: readonly PackedUnit[]): FieldError[] {
  const rows = units.flatMap((unit, at) =>
    unit.contents.flatMap((row, index) =>
      row.serialNumbers.map((serial) => ({
        path: `units.${at}.contents.${index}.serialNumbers`,
        value: `${row.poLineId} ${serial}`,
        shown: serial,
      })),
    ),
  );
  return twice(rows, 'serial-number-twice');
}

/** A fault for each value that stood before. */
function twice(
  rows: readonly { path: string; value: string; shown?: string }[],
  sentence: string,
): FieldError[] {
  const seen = new Set<string>();
  return rows.flatMap(({ path, value, shown = value }) => {
    if (value === '' || !seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [fault(path, sentence, { value: shown })];
  });
}

const fault = (path: string, sentence: string, params: FieldError['params'] = {}): FieldError => ({
  path,
  code: `handling_unit.${sentence}`,
  message: `${path}: ${sentence}`,
  params,
});

const MOST_UNITS = 200;

/**
 * A proposal to begin with: all in one unit, or of each line full units of so many and the rest in one more; a line
 * without a number goes into one. Stops at the most units that a delivery can have.
 */
export function proposeUnits(
  lines: readonly DespatchLine[],
  of: { kind: UnitKind; isTogether: boolean; perUnit: ReadonlyMap<string, DecimalString> },
): PackedUnit[] {
  const rows = lines.map(({ poLineId, quantity }) => ({
    poLineId,
    quantity: trimDecimal(quantity),
    lotNumber: '',
    serialNumbers: [],
  }));
  const unitOf = (contents: UnitContent[]): PackedUnit => ({
    kind: of.kind,
    sscc: '',
    grossWeightKg: null,
    contents,
  });
  if (of.isTogether) return [unitOf(rows)];
  return rows
    .flatMap((row) =>
      portions(row.quantity, of.perUnit.get(row.poLineId) ?? row.quantity).map((quantity) =>
        unitOf([{ ...row, quantity }]),
      ),
    )
    .slice(0, MOST_UNITS);
}

/** So much, in portions of so many. */
function portions(quantity: DecimalString, per: DecimalString): DecimalString[] {
  const parts: DecimalString[] = [];
  let left = quantity;
  while (isPositive(left) && parts.length < MOST_UNITS) {
    const part = compareDecimals(left, per) > 0 ? per : left;
    parts.push(trimDecimal(part));
    left = subtractDecimals(left, part);
  }
  return parts;
}

/** What is in these units, by order line: what a receiver counts who saw them come. */
export function contentsOf(units: readonly PackedUnit[]): ReadonlyMap<string, DecimalString> {
  const sums = new Map<string, DecimalString>();
  for (const row of units.flatMap((unit) => unit.contents))
    sums.set(row.poLineId, addDecimals([sums.get(row.poLineId) ?? '0', row.quantity]));
  return sums;
}
