import { type FieldError, invalid, type MessageParams } from '../kernel/errors.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  subtractDecimals,
  trimDecimal,
} from '../kernel/money.ts';
import type { AwardLine } from './award.ts';
import {
  firstInRank,
  isFirstInRank,
  keyOfOffer,
  type Offer,
  offerAmount,
  offerKey,
  priceAt,
} from './rank.ts';

/** A line of the event, as far as awarding it needs. */
export type AskedLine = {
  readonly id: string;
  readonly lineNo: number;
  readonly quantity: DecimalString;
  readonly unit: string;
  readonly estimatedPrice: DecimalString | null;
};
/** What the buyer wants a supplier to get of a line. */
export type Choice = {
  readonly eventItemId: string;
  readonly supplierId: string;
  /** Which of its alternates; 0, or nothing, for what was asked for. */
  readonly alternateNo?: number;
  readonly quantity: DecimalString;
  readonly reason: string;
  /** The row of the form it was typed in, where a problem is shown; without one its place among the choices. */
  readonly row?: number;
};

/** Each line to its lowest bidder, in full; lines nobody priced are left out. */
export function chooseLowest(asked: readonly AskedLine[], offers: Iterable<Offer>): Choice[] {
  const lowest = firstInRank(offers);
  return asked.flatMap((line) => {
    const offer = lowest.get(line.id);
    return offer === undefined ? [] : [inFull(line, offer.supplierId)];
  });
}

/** Every line that this supplier priced, in full; the others are left out. */
export function chooseSupplier(
  asked: readonly AskedLine[],
  offers: Iterable<Offer>,
  supplierId: string,
): Choice[] {
  const priced = new Set<string>();
  for (const offer of offers)
    if (offer.supplierId === supplierId && offer.alternate === undefined) priced.add(offer.eventItemId);
  return asked.filter((line) => priced.has(line.id)).map((line) => inFull(line, supplierId));
}

const inFull = (line: AskedLine, supplierId: string): Choice => ({
  eventItemId: line.id,
  supplierId,
  quantity: trimDecimal(line.quantity),
  reason: '',
});

type Proposal = {
  readonly asked: readonly AskedLine[];
  readonly offers: readonly Offer[];
  readonly choices: readonly Choice[];
  readonly justification: string;
  readonly currency: string;
};

/**
 * Turns the buyer's choices into the lines of an award, priced by the bids as they were opened.
 * @throws AppError `invalid` `award.choices-refused`, an entry for each wrong choice at `lines.<index>.<field>`:
 * `award.unknown-line`, `award.no-such-offer`, `award.supplier-twice-on-line`, `award.quantity-not-positive`,
 * `award.more-than-asked`, `award.reason-required`, `award.nothing-awarded`, `award.open-lines-unexplained`
 */
export function allocate(proposal: Proposal): AwardLine[] {
  const problems = [...problemsOf(proposal)];
  if (problems.length > 0) throw invalid('award.choices-refused', 'The choices cannot be awarded', problems);
  return priceChoices(proposal);
}

/** The lines that the choices come to; a choice that no bid priced is left out. */
export function priceChoices(of: Pick<Proposal, 'offers' | 'choices' | 'currency'>): AwardLine[] {
  const offerOf = offersByLine(of.offers);
  const lowest = firstInRank(of.offers);
  return of.choices.flatMap((choice) => {
    const offer = offerOf.get(keyOf(choice));
    if (offer === undefined) return [];
    const isLowest = isFirstInRank(offer, lowest);
    return {
      eventItemId: choice.eventItemId,
      supplierId: choice.supplierId,
      bidLineId: offer.bidLineId,
      bidAlternateId: offer.alternate?.id ?? null,
      quantity: choice.quantity,
      unitPrice: priceAt(offer, choice.quantity),
      priceBaseQuantity: offer.priceBaseQuantity,
      amount: offerAmount(offer, { quantity: choice.quantity, currency: of.currency }),
      isLowest,
      reason: isLowest ? '' : choice.reason.trim(),
    };
  });
}

/** The quantity of each line that nobody gets; lines awarded in full are left out. */
export function openQuantities(
  asked: readonly AskedLine[],
  awarded: readonly Pick<Choice, 'eventItemId' | 'quantity'>[],
): Map<string, DecimalString> {
  const givenOf = new Map<string, DecimalString>();
  for (const { eventItemId, quantity } of awarded)
    givenOf.set(eventItemId, addDecimals([givenOf.get(eventItemId) ?? '0', quantity]));
  const open = new Map<string, DecimalString>();
  for (const line of asked) {
    const rest = subtractDecimals(line.quantity, givenOf.get(line.id) ?? '0');
    if (isPositive(rest)) open.set(line.id, rest);
  }
  return open;
}

const keyOf = (one: { eventItemId: string; supplierId: string; alternateNo?: number }): string =>
  `${one.eventItemId} ${offerKey(one)}`;
const offersByLine = (offers: readonly Offer[]): Map<string, Offer> =>
  new Map(offers.map((offer) => [`${offer.eventItemId} ${keyOfOffer(offer)}`, offer]));
const problem = (path: string, code: string, message: string, params: MessageParams = {}): FieldError => ({
  path,
  code,
  message,
  params,
});

function* problemsOf(proposal: Proposal): Generator<FieldError> {
  if (proposal.choices.length === 0) {
    yield problem('lines', 'award.nothing-awarded', 'Nothing is awarded');
    return;
  }
  const context = {
    askedOf: new Map(proposal.asked.map((line) => [line.id, line])),
    offerOf: offersByLine(proposal.offers),
    lowest: firstInRank(proposal.offers),
    seen: new Set<string>(),
  };
  for (const [index, choice] of proposal.choices.entries())
    yield* problemsOfChoice(choice, choice.row ?? index, context);
  yield* linesAskedForTooOften(proposal);
  yield* openLinesUnexplained(proposal);
}

function* problemsOfChoice(
  choice: Choice,
  index: number,
  known: {
    askedOf: ReadonlyMap<string, AskedLine>;
    offerOf: ReadonlyMap<string, Offer>;
    lowest: ReadonlyMap<string, Offer>;
    seen: Set<string>;
  },
): Generator<FieldError> {
  const asked = known.askedOf.get(choice.eventItemId);
  if (asked === undefined)
    return yield problem(`lines.${index}.supplierId`, 'award.unknown-line', 'The event has no such line');
  const params = { line: asked.lineNo };
  const offer = known.offerOf.get(keyOf(choice));
  if (offer === undefined)
    yield problem(
      `lines.${index}.supplierId`,
      'award.no-such-offer',
      'This supplier did not price the line',
      params,
    );
  else if (!isFirstInRank(offer, known.lowest) && choice.reason.trim() === '')
    yield problem(`lines.${index}.reason`, 'award.reason-required', 'Not the lowest: say why', params);
  // One row a supplier and line, whichever of its offers it is.
  const seat = `${choice.eventItemId} ${choice.supplierId}`;
  if (known.seen.has(seat))
    yield problem(
      `lines.${index}.supplierId`,
      'award.supplier-twice-on-line',
      'One row a supplier and line',
      params,
    );
  known.seen.add(seat);
  if (!isPositive(choice.quantity))
    yield problem(`lines.${index}.quantity`, 'award.quantity-not-positive', 'More than zero', params);
}

/** Split or not, a line's suppliers together get at most what was asked for. */
function* linesAskedForTooOften({ asked, choices }: Proposal): Generator<FieldError> {
  const rowsOf = new Map<string, { given: DecimalString; lastIndex: number }>();
  for (const [index, { eventItemId, quantity, row }] of choices.entries())
    rowsOf.set(eventItemId, {
      given: addDecimals([rowsOf.get(eventItemId)?.given ?? '0', quantity]),
      lastIndex: row ?? index,
    });
  for (const line of asked) {
    const rows = rowsOf.get(line.id);
    if (rows !== undefined && compareDecimals(rows.given, line.quantity) > 0)
      yield problem(`lines.${rows.lastIndex}.quantity`, 'award.more-than-asked', 'More than was asked for', {
        line: line.lineNo,
        asked: trimDecimal(line.quantity),
        awarded: trimDecimal(rows.given),
      });
  }
}

/** A line may stay open, but where somebody bid for it the record says why. */
function* openLinesUnexplained({ asked, offers, choices, justification }: Proposal): Generator<FieldError> {
  if (justification.trim() !== '') return;
  const priced = new Set(offers.map((offer) => offer.eventItemId));
  const open = openQuantities(asked, choices);
  const count = asked.filter((line) => open.has(line.id) && priced.has(line.id)).length;
  if (count > 0)
    yield problem('justification', 'award.open-lines-unexplained', 'Say why lines with bids stay open', {
      count,
    });
}
