import { compareDecimals, type DecimalString } from '../../kernel/money.ts';
import type { Day } from '../../kernel/time.ts';
import type { ReadInvoice } from './structured-invoice.ts';

export const candidateKinds = ['receipt', 'statement', 'order'] as const;
export type CandidateKind = (typeof candidateKinds)[number];

/** Something of a supplier's that can be invoiced: what a document may be for. */
export type Candidate = {
  readonly kind: CandidateKind;
  readonly id: string;
  readonly reference: string;
  /** Of a statement there may be several. */
  readonly orderReferences: readonly string[];
  readonly title: string;
  readonly on: Day;
  readonly currency: string;
  /** What can be invoiced of it, at the order's prices and without tax. */
  readonly openAmount: DecimalString;
};

/** Why one is suggested before others; `other-currency` is why not. */
export type CandidateReason = 'order-number' | 'amount' | 'other-currency';
export type RankedCandidate = Candidate & { readonly reasons: readonly CandidateReason[] };

/** What is known of a document before anybody types. */
export type DocumentClues = { readonly fileName: string; readonly read: ReadInvoice | null };

const letters = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

/**
 * What a document may be for, the likeliest first: an order whose number stands in it or in its name, then one with
 * exactly its sum, then whatever waits longest.
 */
export function rankCandidates(
  candidates: readonly Candidate[],
  { fileName, read }: DocumentClues,
): RankedCandidate[] {
  const weight = (one: RankedCandidate): number =>
    (one.reasons.includes('order-number') ? 4 : 0) +
    (one.reasons.includes('amount') ? 2 : 0) -
    (one.reasons.includes('other-currency') ? 8 : 0);
  return candidates
    .map((one) => ({ ...one, reasons: reasonsFor(one, { fileName, read }) }))
    .toSorted((a, b) => weight(b) - weight(a) || (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

function reasonsFor(one: Candidate, { fileName, read }: DocumentClues): CandidateReason[] {
  const inName = letters(fileName);
  const named = letters(read?.orderReference ?? '');
  const isNamed = [one.reference, ...one.orderReferences]
    .map(letters)
    .some((reference) => reference !== '' && (reference === named || inName.includes(reference)));
  const net = read?.netAmount ?? null;
  const reasons: CandidateReason[] = [];
  if (isNamed) reasons.push('order-number');
  if (net !== null && compareDecimals(net, one.openAmount) === 0) reasons.push('amount');
  if (read?.currency && read.currency !== one.currency) reasons.push('other-currency');
  return reasons;
}

/** The one that is taken without asking: the only one whose number is named. It is shown, and can be changed. */
export function candidateTaken(ranked: readonly RankedCandidate[]): RankedCandidate | null {
  const named = ranked.filter(
    (one) => one.reasons.includes('order-number') && !one.reasons.includes('other-currency'),
  );
  return named.length === 1 ? (named[0] ?? null) : null;
}
