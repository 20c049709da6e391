import type { FieldError } from '../kernel/errors.ts';
import {
  compareDecimals,
  type DecimalString,
  multiplyDecimals,
  ratio,
  roundDecimal,
} from '../kernel/money.ts';
import type { UnitCode } from '../kernel/quantity.ts';
import { isSameRatio, knownRatio, readRatio, type UnitRatio, writeRatio } from '../kernel/unit-conversion.ts';
import { readUnit } from '../kernel/unit-names.ts';

// Also runs in the bidder's browser: nothing here may need Node or zod.

/** A unit of the bidder's own, as it was typed; nothing where a line is priced as it was asked. */
export type DraftUnit = {
  readonly pricedUnit?: string | undefined;
  /** How many of the unit asked one of it is: `12`, `0.025`, `1/12`. */
  readonly unitsPer?: string | undefined;
  readonly unitReason?: string | undefined;
  /** The unit that was asked when that was typed: once another is asked, it says nothing any more. */
  readonly pricedFor?: string | undefined;
};

/** What decides how a unit of the bidder's own is read. */
export type AskedUnit = {
  readonly unit?: UnitCode | undefined;
  /** How the bidder is known to sell the item. */
  readonly sellsIn?: SellsIn | null | undefined;
};
export type SellsIn = { readonly unit: UnitCode; readonly unitsPer: DecimalString };

/**
 * The unit that a line is priced in where it is not the one asked: its price is for `unitQuantity` of it, which are the
 * price's base quantity of the unit asked.
 */
export type PricedIn = {
  readonly unit: UnitCode;
  readonly unitQuantity: DecimalString;
  readonly reason: string;
};
export type ReadUnit = { readonly pricedIn: PricedIn | null; readonly priceBaseQuantity: DecimalString };

const AS_ASKED: ReadUnit = { pricedIn: null, priceBaseQuantity: '1' };
type FailAt = (field: keyof DraftUnit, code: string, params?: FieldError['params']) => null;

/** Reads the unit that a line is priced in; null where it cannot be told, and then no price can be either. */
export function readPricedUnit(asked: AskedUnit, typed: DraftUnit, fail: FailAt): ReadUnit | null {
  const word = (typed.pricedUnit ?? '').trim();
  const per = (typed.unitsPer ?? '').trim();
  if (word === '' || asked.unit === undefined)
    return per === '' ? AS_ASKED : fail('pricedUnit', 'bid.unit-missing');
  const unit = readUnit(word)?.unit;
  if (unit === undefined) return fail('pricedUnit', 'bid.unit-unknown', { value: word.slice(0, 60) });
  const said = readRatio(per);
  if (per !== '' && said === null) return fail('unitsPer', 'bid.units-per-not-a-number');
  const reason = (typed.unitReason ?? '').trim();
  return inUnit({ unit, said, reason }, { asked, unitAsked: asked.unit, typed, fail });
}

/** What is said counts, else what is known; what differs from that has a reason. */
function inUnit(
  { unit, said, reason }: Said,
  {
    asked,
    unitAsked,
    typed,
    fail,
  }: { asked: AskedUnit; unitAsked: UnitCode; typed: DraftUnit; fail: FailAt },
): ReadUnit | null {
  if (said !== null && isOfAnother(typed, unitAsked)) return fail('unitsPer', 'bid.unit-asked-anew');
  const defined = knownRatio(unit, unitAsked);
  if (defined !== null && said !== null && !isSameRatio(defined, said))
    return fail('unitsPer', 'bid.units-per-contradicts', { is: writeRatio(defined) });
  if (unit === unitAsked) return AS_ASKED;
  const known = defined ?? soldBy(asked.sellsIn, unit);
  const found = said ?? known;
  if (found === null) return fail('unitsPer', 'bid.units-per-missing');
  const isKnown = known !== null && isSameRatio(found, known);
  if (!isKnown && reason === '') return fail('unitReason', 'bid.unit-reason-missing');
  return { pricedIn: { unit, unitQuantity: found.from, reason }, priceBaseQuantity: found.to };
}
type Said = { readonly unit: UnitCode; readonly said: UnitRatio | null; readonly reason: string };

const isOfAnother = ({ pricedFor = '' }: DraftUnit, unit: UnitCode): boolean =>
  pricedFor !== '' && pricedFor !== unit;

const soldBy = (sells: SellsIn | null | undefined, unit: UnitCode): UnitRatio | null =>
  sells?.unit === unit ? readRatio(sells.unitsPer) : null;

/** What stands in the field: what was said of a unit that is not asked any more is not shown as if it were of this one. */
export const unitsPerShown = (typed: DraftUnit, unit: UnitCode): string =>
  isOfAnother(typed, unit) ? '' : (typed.unitsPer ?? '');

/** A price of one of the bidder's units as the price that is sealed: exact, for a whole number of them. */
export const priceOfUnits = (price: DecimalString, { pricedIn }: ReadUnit): DecimalString =>
  pricedIn === null || pricedIn.unitQuantity === '1' ? price : multiplyDecimals(price, pricedIn.unitQuantity);

/** Says a unit what cannot be: of itself, or against what units are by definition. */
export function contradictsUnits(
  line: { readonly pricedIn: PricedIn | null; readonly priceBaseQuantity: DecimalString },
  asked: UnitCode | undefined,
): boolean {
  if (line.pricedIn === null || asked === undefined) return false;
  const known = knownRatio(line.pricedIn.unit, asked);
  const said = { from: line.pricedIn.unitQuantity, to: line.priceBaseQuantity };
  return line.pricedIn.unit === asked || (known !== null && !isSameRatio(known, said));
}

/** A price in a unit of the bidder's own, with the arithmetic that leads to the unit asked. */
export type PricedAs = {
  readonly unit: UnitCode;
  /** For one of it. */
  readonly unitPrice: DecimalString;
  /** So many of it are so many of the unit asked. */
  readonly ratio: UnitRatio;
  /** The same as people write it: `12`, `1/12`. */
  readonly per: string;
  /** For one of the unit asked, to six decimals; the amount of a line is worked out without this rounding. */
  readonly perAsked: DecimalString;
  readonly isExact: boolean;
  readonly reason: string;
};

/** How a line was priced; null where it was priced in the unit asked. */
export function pricedAs(line: {
  readonly unitPrice: DecimalString | null;
  readonly priceBaseQuantity: DecimalString;
  readonly pricedIn: PricedIn | null;
}): PricedAs | null {
  if (line.pricedIn === null || line.unitPrice === null) return null;
  const { unit, unitQuantity, reason } = line.pricedIn;
  const said = { from: unitQuantity, to: line.priceBaseQuantity };
  const perAsked = roundDecimal(ratio(line.unitPrice, line.priceBaseQuantity), 6);
  return {
    unit,
    unitPrice: ratio(line.unitPrice, unitQuantity),
    ratio: said,
    per: writeRatio(said),
    perAsked,
    isExact: compareDecimals(multiplyDecimals(perAsked, line.priceBaseQuantity), line.unitPrice) === 0,
    reason,
  };
}

/** Prices at other quantities, as they were typed: for one of the unit that the line is priced in. */
export const tiersAsPriced = <T extends { readonly unitPrice: DecimalString }>(line: {
  readonly pricedIn: PricedIn | null;
  readonly tiers: readonly T[];
}): readonly T[] => {
  const { unitQuantity } = line.pricedIn ?? { unitQuantity: '1' };
  return unitQuantity === '1'
    ? line.tiers
    : line.tiers.map((tier) => ({ ...tier, unitPrice: ratio(tier.unitPrice, unitQuantity) }));
};

/** How many of its own units a quantity is, to six decimals: what is no whole number is a box that is opened. */
export const inOwnUnits = (
  quantity: DecimalString,
  { ratio: { from, to } }: Pick<PricedAs, 'ratio'>,
): DecimalString => roundDecimal(ratio(multiplyDecimals(quantity, from), to), 6);
