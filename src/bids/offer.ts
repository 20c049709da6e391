import { compareDecimals, type DecimalString, lineAmount, sumMoney } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { EventItem } from '../sourcing/index.ts';
import { type AskedUnit, type DraftUnit, priceOfUnits, type ReadUnit } from './priced-unit.ts';
import {
  type Fail,
  isStorableAmount,
  isStorablePrice,
  readCapacity,
  readDays,
  readPrice,
} from './read-typed.ts';

/** What an event lets a bid say, and wants it to say. */
export type BidRules = {
  /** The event's own first. */
  readonly currencies: readonly string[];
  readonly needsPrice: boolean;
  readonly takesPartialBids: boolean;
  /** The first day until which a bid has to hold; null where nobody asks. */
  readonly validUntilAtLeast: Day | null;
};

/** Something else than what was asked for, as it was typed. */
export type DraftAlternate = {
  readonly description: string;
  readonly unitPrice: string;
  readonly leadTimeDays: string;
};
/** What was typed of a line beyond price, lead time and note; nothing where it was not asked for. */
export type DraftExtras = {
  readonly capacity?: string | undefined;
  /** Prices by the key of the quantity they are asked at: {@link tierKey}. */
  readonly tiers?: Readonly<Record<string, string>> | undefined;
  readonly alternates?: readonly DraftAlternate[] | undefined;
} & DraftUnit;

export const ALTERNATES_AT_MOST = 5;

/** A quantity as the name of a field: a dot would be a step of its path, and a number a place in a list. */
export const tierKey = (quantity: DecimalString): string => `q${quantity.replace('.', '_')}`;

export type Tier = { readonly quantity: DecimalString; readonly unitPrice: DecimalString };
export type Alternate = {
  readonly description: string;
  readonly unitPrice: DecimalString;
  readonly leadTimeDays: number | null;
};
export type ReadExtras = {
  readonly capacity: DecimalString | null;
  readonly tiers: readonly Tier[];
  readonly alternates: readonly (Alternate & { readonly amount: DecimalString })[];
};

/** What of a line decides which extras it takes. */
export type AskedExtras = Partial<Pick<EventItem, 'tiers' | 'takesAlternates' | 'asksCapacity' | 'lotId'>> &
  AskedUnit;

/** Reads the extras of a line; what was not asked for is not read. Prices at other quantities are in the unit of the line's own. */
export function readExtras(
  asked: AskedExtras & { readonly quantity: DecimalString },
  typed: DraftExtras,
  of: { currency: string; pricedIn: ReadUnit | null; failAt: (field: string) => Fail },
): ReadExtras {
  const tiers = (asked.tiers ?? []).flatMap((quantity): Tier[] => {
    const key = tierKey(quantity);
    const unitPrice = readPrice(typed.tiers?.[key] ?? '', of.failAt(`tiers.${key}`));
    // Where the unit cannot be told, no price of the line can be.
    if (unitPrice === null || of.pricedIn === null) return [];
    const price = priceOfUnits(unitPrice, of.pricedIn);
    if (isStorablePrice(price)) return [{ quantity, unitPrice: price }];
    of.failAt(`tiers.${key}`)('bid.amount-too-large');
    return [];
  });
  return {
    capacity: asked.asksCapacity === true ? readCapacity(typed.capacity ?? '', of.failAt('capacity')) : null,
    tiers,
    alternates:
      asked.takesAlternates === true
        ? (typed.alternates ?? []).flatMap((alternate, index) =>
            readAlternate(alternate, { ...of, quantity: asked.quantity, index }),
          )
        : [],
  };
}

function readAlternate(
  typed: DraftAlternate,
  of: { currency: string; quantity: DecimalString; index: number; failAt: (field: string) => Fail },
): ReadExtras['alternates'] {
  if (isBlankAlternate(typed)) return [];
  const at = (field: string): Fail => of.failAt(`alternates.${of.index}.${field}`);
  const description = typed.description.trim();
  const unitPrice = readPrice(typed.unitPrice, at('unitPrice'));
  const leadTimeDays = readDays(typed.leadTimeDays, at('leadTimeDays'));
  if (description === '') at('description')('bid.alternate-incomplete');
  if (typed.unitPrice.trim() === '') at('unitPrice')('bid.alternate-incomplete');
  if (unitPrice === null || description === '') return [];
  const amount = lineAmount({ quantity: of.quantity, unitPrice, currency: of.currency });
  if (isStorableAmount(amount)) return [{ description, unitPrice, leadTimeDays, amount }];
  at('unitPrice')('bid.amount-too-large');
  return [];
}

export const isBlankAlternate = (typed: DraftAlternate): boolean =>
  typed.description.trim() === '' && typed.unitPrice.trim() === '' && typed.leadTimeDays.trim() === '';

type OfferedLine = { readonly eventItemId: string; readonly tiers: readonly Tier[] };

/** True when a bid offers quantities or alternates that nobody asked for: such a bid was not made by our pages. */
export function offersUnasked(
  content: {
    readonly lines: readonly OfferedLine[];
    readonly alternates: readonly { readonly eventItemId: string }[];
  },
  asked: readonly (AskedExtras & { readonly id: string })[],
): boolean {
  const lines = new Map(asked.map((line) => [line.id, line]));
  const isAsked = (line: OfferedLine): boolean => {
    const quantities = lines.get(line.eventItemId)?.tiers ?? [];
    const offered = line.tiers.map((tier) => tier.quantity);
    return (
      new Set(offered).size === offered.length &&
      offered.every((quantity) => quantities.some((one) => compareDecimals(one, quantity) === 0))
    );
  };
  return (
    !content.lines.every(isAsked) ||
    !content.alternates.every((one) => lines.get(one.eventItemId)?.takesAlternates === true)
  );
}

/** An alternate with its place among those of its line, and its amount for the quantity that was asked for. */
export type OpenedAlternate = Alternate & {
  readonly eventItemId: string;
  readonly alternateNo: number;
  readonly amount: DecimalString;
};

/** The alternates of a bid with their amounts. */
export function openedAlternates(
  content: { currency: string; alternates: readonly (Alternate & { eventItemId: string })[] },
  asked: readonly { id: string; quantity: DecimalString }[],
): OpenedAlternate[] {
  const quantities = new Map(asked.map((line) => [line.id, line.quantity]));
  const counts = new Map<string, number>();
  return content.alternates.map((alternate) => {
    const alternateNo = (counts.get(alternate.eventItemId) ?? 0) + 1;
    counts.set(alternate.eventItemId, alternateNo);
    const quantity = quantities.get(alternate.eventItemId) ?? '0';
    const amount = lineAmount({ quantity, unitPrice: alternate.unitPrice, currency: content.currency });
    return { ...alternate, alternateNo, amount };
  });
}

/** A line without a price for each that is offered something else alone: what an award of that hangs on. */
export const linesBeside = (
  alternates: readonly Pick<OpenedAlternate, 'eventItemId'>[],
  lines: readonly Pick<PricedLine, 'eventItemId'>[],
) => {
  const said = new Set(lines.map((line) => line.eventItemId));
  const lone = new Set(alternates.map((one) => one.eventItemId).filter((id) => !said.has(id)));
  return [...lone].map((eventItemId) => ({
    eventItemId,
    unitPrice: null,
    priceBaseQuantity: '1',
    amount: null,
    leadTimeDays: null,
    note: '',
    capacity: null,
    tiers: [],
    pricedIn: null,
  }));
};

type PricedLine = {
  readonly eventItemId: string;
  readonly unitPrice: DecimalString | null;
  readonly priceBaseQuantity: DecimalString;
};

/** The amounts that follow from the quantities asked for: a bid states prices, never sums. */
export function withAmounts<L extends PricedLine>(
  content: { readonly currency: string; readonly lines: readonly L[] },
  asked: readonly { readonly id: string; readonly quantity: DecimalString }[],
): { readonly lines: readonly (L & { amount: DecimalString | null })[]; readonly total: DecimalString } {
  const quantities = new Map(asked.map((line) => [line.id, line.quantity]));
  const { currency } = content;
  const lines = content.lines.map((line) => {
    const { unitPrice, priceBaseQuantity } = line;
    const quantity = quantities.get(line.eventItemId) ?? '0';
    const amount =
      unitPrice === null ? null : lineAmount({ quantity, unitPrice, priceBaseQuantity, currency });
    return { ...line, amount };
  });
  const amounts = lines.flatMap((line) => (line.amount === null ? [] : [line.amount]));
  return { lines, total: sumMoney(amounts, currency) };
}

export type LotTotal = {
  readonly lotId: string | null;
  readonly total: DecimalString;
  readonly lineCount: number;
  readonly pricedCount: number;
};
