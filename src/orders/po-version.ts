import type { DecimalString } from '../kernel/money.ts';
import type { Day } from '../kernel/time.ts';
import type { Delivery } from './fulfilment.ts';
import type { Charge, OrderTotals } from './order-charges.ts';
import type { PricedInstalment, Retention } from './payment-plan.ts';

/**
 * The order as it was issued, complete: the PDF is made from this and nothing else, so that a version reads
 * the same for ever. Its SHA-256 is over the canonical JSON.
 */
export type PoContent = {
  readonly reference: string;
  readonly version: number;
  readonly issuedOn: Day;
  readonly title: string;
  /** The sourcing event it comes from. */
  readonly eventReference: string | null;
  /** The agreement it was called off of. */
  readonly agreementReference?: string;
  readonly company: {
    readonly name: string;
    readonly nameLocal: string;
    readonly addressLines: readonly string[];
    readonly vatId: string;
  };
  readonly buyer: { readonly name: string; readonly email: string };
  readonly supplier: {
    readonly reference: string;
    readonly name: string;
    readonly addressLines: readonly string[];
    readonly country: string | null;
    readonly taxId: string | null;
    /** The language the document is written in. */
    readonly language: 'en' | 'zh-CN';
  };
  readonly plant: {
    readonly code: string;
    readonly nameEn: string;
    readonly nameZh: string;
    readonly addressLines: readonly string[];
  };
  readonly incoterm: string;
  readonly incotermPlace: string;
  readonly paymentTermsDays: number;
  readonly paymentTermsText: string;
  readonly currency: string;
  /** Without tax, with all charges. */
  readonly totalAmount: DecimalString;
  /** Only where something is charged or taxed. */
  readonly totals?: OrderTotals;
  /** Only where something is paid before its delivery, or held back. */
  readonly paymentPlan?: {
    readonly instalments: readonly PricedInstalment[];
    readonly retention: Retention | null;
  };
  /** The standard terms of that day, in the supplier's language; none where none were kept. */
  readonly termsText?: string;
  readonly lines: readonly PoContentLine[];
};

export type PoContentLine = {
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly quantity: DecimalString;
  readonly unit: string;
  /** What the supplier calls it, and how much that is in its own unit; none where it is not known. */
  readonly supplierItem?: {
    readonly code: string;
    readonly quantity?: DecimalString;
    readonly unit?: string;
  };
  readonly unitPrice: DecimalString;
  readonly priceBaseQuantity: DecimalString;
  readonly amount: DecimalString;
  readonly charges?: readonly Charge[];
  readonly taxRate?: DecimalString;
  /** The first day, where there are several. */
  readonly dueOn: Day | null;
  /** Where the line is delivered on several days. */
  readonly deliveries?: readonly Delivery[];
};

/** One issued version, as lists show it. */
export type PoVersion = {
  readonly version: number;
  readonly sha256: string;
  readonly issuedAt: Date;
  readonly documentId: string | null;
};
