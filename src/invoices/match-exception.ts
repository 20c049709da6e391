import type { ChargeReason } from '../kernel/charge.ts';
import { type DecimalString, subtractDecimals } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Difference, ExceptionKind } from './match.ts';

/** Who has to act on a difference first: figures are the supplier's to correct. The buyer may accept one meanwhile. */
export type ActsNext = 'supplier' | 'buyer' | 'finance' | 'receiver';
/** How a difference was settled. */
export type ResolvedHow = 'corrected' | 'accepted' | 'rejected' | 'inspected';

/** A difference that somebody has to look at: what, by how much, who acts, until when. */
export type MatchException = {
  readonly id: string;
  readonly kind: ExceptionKind;
  /** The version of the invoice's figures that it was found in. */
  readonly version: number;
  readonly poLineId: string | null;
  readonly chargeReason: ChargeReason | null;
  readonly expected: DecimalString;
  readonly actual: DecimalString;
  readonly amountEffect: DecimalString;
  readonly actsNext: ActsNext;
  readonly dueOn: Day;
  readonly state: 'open' | 'resolved';
  readonly resolvedHow: ResolvedHow | null;
  readonly reason: string | null;
};

export type NewException = Difference & Pick<MatchException, 'id' | 'actsNext' | 'dueOn'>;

/**
 * Figures are the supplier's to correct, whatever is off about them; whether a charge that nobody ordered is paid, the
 * buyer's; and what nobody has looked at, the receiver's.
 */
export function actsFirstOn(kind: ExceptionKind): ActsNext {
  if (kind === 'not_inspected') return 'receiver';
  return kind === 'unplanned_charge' ? 'buyer' : 'supplier';
}

/**
 * Whose turn it is now: the supplier's until the difference is due, then the buyer's, who accepts it or has it corrected.
 */
export const ownerOf = (exception: Pick<MatchException, 'actsNext' | 'dueOn'>, today: Day): ActsNext =>
  exception.dueOn < today ? 'buyer' : exception.actsNext;

/** How far the figures are from each other, and in which direction. */
export function sizeOf(of: Pick<Difference, 'expected' | 'actual'>): {
  difference: DecimalString;
  isMore: boolean;
} {
  const difference = subtractDecimals(of.actual, of.expected);
  return { difference: difference.replace(/^-/, ''), isMore: !difference.startsWith('-') };
}
