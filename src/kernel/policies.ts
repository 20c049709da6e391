import type { Money } from './money.ts';
import type { MatchKindRule, Scoped } from './scoped-policy.ts';
import type { Tax } from './tax.ts';

/** Opening hours by the plant's clock (`08:00`), how long a slot is, and how many docks there are. */
export type DockHours = {
  readonly opensAt: string;
  readonly closesAt: string;
  readonly slotMinutes: number;
  readonly capacity: number;
};

/**
 * How far an invoice may be off, more and less, before a person has to look; exactly at a limit is within it. Amounts are in
 * the invoice's currency.
 */
export type MatchTolerances = {
  /** A unit price, in percent of the ordered one… */
  readonly pricePercentUp: string;
  readonly pricePercentDown: string;
  /** …and what it makes of the line's amount: both hold at once. */
  readonly amountUp: string;
  readonly amountDown: string;
  /** A quantity above what the receipt has left, in percent of that. Less is no difference: the rest is invoiced later. */
  readonly quantityPercent: string;
  /** A charge against what is left of it, an allowance against its share; one that no order has is never tolerated. */
  readonly chargeUp: string;
  readonly chargeDown: string;
  /** What all that is tolerated on the lines and charges of one invoice adds up to. */
  readonly invoiceUp: string;
  readonly invoiceDown: string;
  /** The stated tax against what the rate makes. */
  readonly taxUp: string;
  readonly taxDown: string;
};

/** The house rules a company sets for itself. Values stand in `config/policies.ts`. */
export type Policies = {
  readonly company: {
    readonly name: string;
    readonly nameLocal: string;
    readonly addressLines: readonly string[];
    readonly vatId: string;
    readonly email: string;
    readonly timeZone: string;
    readonly currency: string;
  };
  /** At or above this estimated value an event needs an approver before it is published. */
  readonly eventApprovalFrom: Money;
  /** How many minutes before closing those are reminded who have not submitted. */
  readonly bidReminderMinutes: readonly number[];
  /** How many working days suppliers have from an amendment to the closing; a nearer closing is extended. */
  readonly amendments: { readonly noticeWorkingDays: number };
  /**
   * The portal counts as out after so many seconds in which no web process answered. An outage in the last minutes
   * before a closing extends it: by its length, and to at least so many minutes after its end.
   */
  readonly outages: {
    readonly countedFromSeconds: number;
    readonly lastMinutes: number;
    readonly minutesAfter: number;
  };
  /**
   * What is done about a supplier that is not qualified for an event's category and plant: it is invited with a warning,
   * or refused. How many days before its end a qualification is reminded of.
   */
  readonly qualification: {
    readonly ofInvited: 'warned' | 'required';
    readonly reminderDays: readonly number[];
  };
  /** What a bid may at most hold, so that nothing grows without end. */
  readonly limits: {
    readonly eventLines: number;
    readonly uploadBytes: number;
    readonly uploadsPerDocument: number;
    readonly spreadsheetBytes: number;
    readonly spreadsheetRows: number;
  };
  /** How far an invoice line may be off before a person has to look. */
  readonly matching: MatchKindRule & {
    readonly tolerances: MatchTolerances;
    /** Others for a supplier (its number), for a category, or for one in the other; what one leaves out is as above. */
    readonly scopes: readonly Scoped<MatchTolerances>[];
    readonly exceptionDueDays: number;
  };
  /** How many percent more than ordered a plant takes, and pays; what is counted stays whole. */
  readonly receiving: {
    readonly overDeliveryPercent: string;
    /** Others for a supplier (its number), for a category, or for one in the other. */
    readonly scopes: readonly Scoped<{ readonly overDeliveryPercent: string }>[];
  };
  /**
   * Lines in these units are work: it is not delivered and counted but stated by its supplier and accepted. After so many
   * working days without an answer who has to give it is reminded.
   */
  readonly services: { readonly units: readonly string[]; readonly answerWorkingDays: number };
  /**
   * How a new forecast begins: how many weeks it looks ahead, how many of them bind us, and in how many more we pay for
   * material. How many working days a supplier has to commit, and how long after the reminder its silence is taken to us.
   */
  readonly forecasts: {
    readonly weeks: number;
    readonly firmWeeks: number;
    readonly tradeOffWeeks: number;
    readonly commitWorkingDays: number;
    readonly escalateWorkingDays: number;
  };
  /** When plants take deliveries: each by its own hours, or by those that hold for all. */
  readonly docks: { readonly standard: DockHours; readonly plants: Readonly<Record<string, DockHours>> };
  /**
   * Pallets and parcels that suppliers pack for us get numbers of ours (SSCC): GS1 gave us the company prefix, and we
   * choose the extension digit.
   */
  readonly handlingUnits: { readonly companyPrefix: string; readonly extensionDigit: string };
  /** How many working days the supplier has for each step of an 8D, and we for ours. */
  readonly quality: {
    readonly answerWorkingDays: Readonly<Record<'contained' | 'root_cause' | 'action' | 'ours', number>>;
  };
  /** How many working days a supplier has to answer our debit note, and again after the reminder. */
  readonly debitNotes: { readonly answerWorkingDays: number };
  /** How many working days a side has to answer in a dispute, and again after the reminder. */
  readonly disputes: { readonly answerWorkingDays: number };
  /** Which proposals of a supplier are taken by themselves, and how many working days a side has to answer. */
  readonly orderResponse: {
    readonly daysEarly: number;
    readonly daysLate: number;
    readonly pricePercent: string;
    readonly quantityPercent: string;
    /** Others for a supplier (its number), for a category, or for one in the other; what one leaves out is as above. */
    readonly scopes: readonly {
      readonly supplier: string | null;
      readonly category: string | null;
      readonly daysEarly?: number;
      readonly daysLate?: number;
      readonly pricePercent?: string;
      readonly quantityPercent?: string;
    }[];
    readonly answerWorkingDays: number;
  };
  readonly orders: {
    /** What orders are called: `{year}` and `{number}` stand in it, `{plant}` may. */
    readonly numbering: { readonly pattern: string; readonly digits: number };
    /** Is an approved award approval enough for its orders, or do the rules for orders ask once more? */
    readonly isAwardEnough: boolean;
    /** May a buyer make an order of neither an event nor a requisition, and say why? */
    readonly isByHandAllowed: boolean;
    /**
     * At what rate in percent an order is taxed that says nothing else, by its plant; null: orders say nothing of tax. It is
     * for suppliers in this country: from elsewhere nobody charges our tax.
     */
    readonly tax: {
      readonly country: string;
      readonly rate: string | null;
      readonly plants: Readonly<Record<string, string>>;
    };
  };
  /** How members of a committee score: from 0 to `pointsAtMost`, in these steps. */
  readonly evaluation: {
    readonly pointsAtMost: string;
    readonly step: string;
    /** Points up to the first, and from the second on, need a comment. */
    readonly commentUpTo: string;
    readonly commentFrom: string;
    /** From this distance between the highest and the lowest on, the committee has to agree. */
    readonly spreadFrom: string;
  };
  readonly awards: {
    /** How long the portal searches for the best allocation within limits, in seconds. */
    readonly searchSeconds: number;
    /** Between the letters and the orders, in working days, at least; by the kind of event. */
    readonly standstillWorkingDays: Readonly<Record<string, number>>;
    /** What a bidder that did not win is told besides its own lines, where the buyer says nothing else. */
    readonly debrief: {
      /** Its place among the complete bids. */
      readonly rank: boolean;
      /** In words, how far its price was from the one that won. */
      readonly distance: boolean;
      /** Who won, by name. */
      readonly winners: boolean;
    };
  };
  readonly agreements: {
    /** How many days before the last day for notice the buyer is reminded of the renewal. */
    readonly renewalReminderDays: readonly number[];
    /** How far a call-off may go beyond an agreed value or quantity. */
    readonly overLimitPercent: string;
  };
  /** How many days a supplier's people have to object to a bank account that two of us approved. */
  readonly bankAccountCoolingOffDays: number;
  /** The account the company pays from, as its bank knows it; an IBAN, or a number with the bank's clearing code. */
  readonly debtorAccount: {
    readonly iban: string | null;
    readonly accountNumber: string | null;
    readonly bic: string | null;
    readonly clearingCode: string | null;
  };
  /** What bids are compared by beside their prices. */
  readonly comparison: {
    /** What money costs us in a year: what paying sooner or later is worth. */
    readonly annualInterestPercent: string;
    /**
     * A bid is abnormally low when its landed total is this much below the median of the complete bids, where there
     * are so many, or below the estimate; and how many working days its supplier has to explain it.
     */
    readonly abnormallyLow: {
      readonly belowMedianPercent: string;
      readonly fromBids: number;
      readonly belowEstimatePercent: string;
      readonly answerWorkingDays: number;
    };
  };
  /**
   * Approved invoices paid earlier for a discount, where it `isOn`: at this rate a year the house offers it to everybody
   * (null: it only answers proposals), for at least so many days gained, by a payment that the bank needs so many working
   * days for. By currency, how much may be paid before it is due at a time; no limit where none is said.
   */
  readonly earlyPayment: {
    readonly isOn: boolean;
    readonly annualPercent: string | null;
    readonly leastDays: number;
    readonly leadWorkingDays: number;
    readonly budgets: Readonly<Record<string, string>>;
  };
  /**
   * Invoices that we make for suppliers: how many working days a supplier has to accept one, what silence means after
   * that (tax law decides whether it may mean anything), and how long an agreement holds after either side ends it.
   */
  readonly selfBilling: {
    readonly answerWorkingDays: number;
    readonly silence: 'waits' | 'accepts';
    readonly noticeDays: number;
  };
  readonly paymentTermsDays: number;
  /** How long is kept which pages people looked at; at least 90. */
  readonly pageViewDays: number;
  /** The taxes offered on invoices; the first where nothing else says which. Orders propose their rates. */
  readonly taxes: readonly Tax[];
  readonly paymentTermsText: { readonly en: string; readonly 'zh-CN': string };
};
