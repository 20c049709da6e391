import { ruleBroken } from '../kernel/errors.ts';
import type { Incoterm } from '../kernel/incoterm.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import {
  addDecimals,
  compareDecimals,
  type DecimalString,
  isPositive,
  isZero,
  lineAmount,
} from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { AgreementKind } from './agreement.ts';
import type { AgreementCharge } from './agreement-charges.ts';

/** Each version is written, approved by another person, and signed by both sides as a whole. */
export const agreementVersionLifecycle = defineLifecycle('agreement_version', 'draft', {
  draft: { submit: 'pending_approval', discard: 'discarded' },
  pending_approval: {
    approve: 'pending_signature',
    return: 'draft',
    reject: 'discarded',
    discard: 'discarded',
  },
  pending_signature: { 'bring-into-force': 'in_force', return: 'draft', discard: 'discarded' },
  in_force: { supersede: 'superseded' },
  superseded: {},
  discarded: {},
});
export type AgreementVersionState = (typeof agreementVersionLifecycle.states)[number];

/** From this quantity on, in the unit of the line, this price. */
export type PriceTier = { readonly fromQuantity: DecimalString; readonly unitPrice: DecimalString };

/** How a price follows published indices: the formula, and the month and the prices it begins with. */
export type PriceFormula = {
  readonly expression: string;
  /** `YYYY-MM` */
  readonly baseMonth: string;
  readonly baseTiers: readonly PriceTier[];
};

export type AgreementTermsLine = {
  /** Stays with the line through all versions: orders are traced to it. */
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
  readonly priceBaseQuantity: DecimalString;
  /** By rising quantity; the first is from 0. */
  readonly tiers: readonly PriceTier[];
  readonly quantityLimit: DecimalString | null;
  /** Where the price holds for a part of the time only. */
  readonly validFrom: Day | null;
  readonly validUntil: Day | null;
  readonly formula?: PriceFormula | null;
};

/** What is agreed, as somebody writes it. */
export type AgreementTerms = {
  readonly kind: AgreementKind;
  readonly title: string;
  readonly categoryCode: string;
  readonly plantCodes: readonly string[];
  readonly currency: string;
  readonly incoterm: Incoterm;
  readonly incotermPlace: string;
  readonly paymentTermsDays: number;
  readonly validFrom: Day;
  readonly validUntil: Day;
  readonly noticeDays: number;
  readonly valueLimit: DecimalString | null;
  /** Of every order from it, beside the prices; none in agreements written before there were any. */
  readonly charges?: readonly AgreementCharge[];
  /** Further clauses in words. */
  readonly clauses: string;
  readonly lines: readonly AgreementTermsLine[];
};

type Named = { readonly code: string; readonly nameEn: string; readonly nameZh: string };

/**
 * A version as it is signed, complete: the document is made from this and nothing else. Its SHA-256 is over the
 * canonical JSON.
 */
export type AgreementContent = AgreementTerms & {
  readonly reference: string;
  readonly version: number;
  readonly category: Named;
  readonly plants: readonly Named[];
  readonly company: {
    readonly name: string;
    readonly nameLocal: string;
    readonly addressLines: readonly string[];
    readonly vatId: string;
  };
  readonly supplier: {
    readonly reference: string;
    readonly name: string;
    readonly addressLines: readonly string[];
    readonly country: string | null;
    readonly taxId: string | null;
    /** Where the two texts differ, this one counts. */
    readonly language: 'en' | 'zh-CN';
  };
};

export type AgreementVersion = {
  readonly id: string;
  readonly agreementId: string;
  readonly version: number;
  readonly state: AgreementVersionState;
  readonly terms: AgreementTerms;
  /** Why there is another version. */
  readonly reason: string;
  /** Null where the portal proposed it, by a price formula. */
  readonly authorId: string | null;
  readonly submittedBy: string | null;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  /** When its supplier was shown it. */
  readonly offeredAt: Date | null;
  /** When its supplier said that it does not sign. */
  readonly refusedAt: Date | null;
  readonly content: AgreementContent | null;
  readonly sha256: string | null;
  readonly inForceAt: Date | null;
  readonly rowVersion: number;
};

export type Side = 'buyer' | 'supplier';
export type Signature = {
  readonly version: number;
  readonly side: Side;
  readonly sha256: string;
  readonly userId: string;
  readonly name: string;
  readonly signedAt: Date;
};

/** Those who wrote it: none of them approves it or signs it for us. */
export const writersOf = (version: Pick<AgreementVersion, 'authorId' | 'submittedBy'>): string[] =>
  [version.authorId, version.submittedBy].filter((id) => id !== null);

/** Signatures under what the version says now; one under an earlier text does not count. */
export const validSignatures = (
  version: Pick<AgreementVersion, 'version' | 'sha256'>,
  signatures: readonly Signature[],
): Signature[] =>
  signatures.filter((one) => one.version === version.version && one.sha256 === version.sha256);

export const isSignedByBoth = (signatures: readonly Signature[]): boolean =>
  (['buyer', 'supplier'] as const).every((side) => signatures.some((one) => one.side === side));

/**
 * Refuses terms that cannot be agreed to as they are written.
 * @throws AppError `agreement.without-lines`, `agreement.ends-before-it-begins`, `agreement.is-over-already`,
 * `agreement.blanket-without-limit`, `agreement.line-outside-of-its-time`, `agreement.tiers-not-rising`,
 * `agreement.limit-below-called`, `agreement.currency-fixed`
 */
export function assertComplete(
  terms: AgreementTerms,
  of: {
    today: Day;
    /** What was called off already, and in which currency. */
    before: { currency: string; called: DecimalString } | null;
  },
): void {
  if (terms.lines.length === 0) throw ruleBroken('agreement.without-lines', 'An agreement has prices');
  if (terms.validUntil < terms.validFrom)
    throw ruleBroken('agreement.ends-before-it-begins', 'The last day is before the first');
  if (terms.validUntil < of.today)
    throw ruleBroken('agreement.is-over-already', 'The last day is over', { day: terms.validUntil });
  const isLimited = terms.valueLimit !== null || terms.lines.every((line) => line.quantityLimit !== null);
  if (terms.kind === 'blanket' && !isLimited)
    throw ruleBroken('agreement.blanket-without-limit', 'A blanket agreement says how much at most');
  for (const line of terms.lines) assertLine(line, terms);
  if (of.before === null) return;
  if (of.before.currency !== terms.currency)
    throw ruleBroken('agreement.currency-fixed', 'The currency of an agreement stays', {
      currency: of.before.currency,
    });
  if (terms.valueLimit !== null && compareDecimals(terms.valueLimit, of.before.called) < 0)
    throw ruleBroken('agreement.limit-below-called', 'More than that was called off already', {
      called: of.before.called,
    });
}

function assertLine(line: AgreementTermsLine, terms: AgreementTerms): void {
  const from = line.validFrom ?? terms.validFrom;
  const until = line.validUntil ?? terms.validUntil;
  if (until < from || from < terms.validFrom || until > terms.validUntil)
    throw ruleBroken('agreement.line-outside-of-its-time', 'A price holds within the time of its agreement', {
      line: line.lineNo,
    });
  if (!areRising(line.tiers))
    throw ruleBroken('agreement.tiers-not-rising', 'The quantities of a scale rise, from nothing on', {
      line: line.lineNo,
    });
}

/** A scale begins at nothing, its quantities rise, and each has a price. */
export const areRising = (tiers: readonly PriceTier[]): boolean =>
  tiers.length > 0 &&
  tiers.every(({ fromQuantity, unitPrice }, index) => {
    const before = tiers[index - 1];
    const rises =
      before === undefined ? isZero(fromQuantity) : compareDecimals(fromQuantity, before.fromQuantity) > 0;
    return rises && isPositive(unitPrice);
  });

/**
 * What may be ordered at most under these terms, in their currency: the limit of the value, or else the limits of all lines
 * at their dearest prices. Null where something has no limit.
 */
export function mostOf(
  terms: Pick<AgreementTerms, 'valueLimit' | 'lines' | 'currency'>,
): DecimalString | null {
  if (terms.valueLimit !== null) return terms.valueLimit;
  const amounts = terms.lines.map(({ quantityLimit, tiers, priceBaseQuantity }) =>
    quantityLimit === null
      ? null
      : lineAmount({
          quantity: quantityLimit,
          unitPrice: dearestOf(tiers),
          priceBaseQuantity,
          currency: terms.currency,
        }),
  );
  const known = amounts.filter((amount) => amount !== null);
  return known.length === 0 || known.length < amounts.length ? null : addDecimals(known);
}

const dearestOf = (tiers: readonly PriceTier[]): DecimalString =>
  tiers.reduce<DecimalString>(
    (most, { unitPrice }) => (compareDecimals(unitPrice, most) > 0 ? unitPrice : most),
    '0',
  );

/** The price at which so much is bought: that of the last step that the quantity reaches. */
export function tierFor(tiers: readonly PriceTier[], quantity: DecimalString): PriceTier {
  const reached = tiers.filter((tier) => compareDecimals(tier.fromQuantity, quantity) <= 0).at(-1);
  if (reached === undefined) throw new Error('A scale of prices begins at nothing');
  return reached;
}
