import { may } from '../../identity/index.ts';
import { hasRole } from '../../kernel/actor.ts';
import { addDecimals, compareDecimals, type DecimalString, subtractDecimals } from '../../kernel/money.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import { type Day, daysBetween, instantAt } from '../../kernel/time.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { Invoice } from '../invoice.ts';
import {
  type EarlyPaymentRow,
  findBuyersOf,
  findOfferable,
  findTakenSums,
  findWaitingProposals,
  listEarlyPayments,
  OFFERED_AT_MOST,
  type OfferableRow,
} from './early-payment.queries.ts';
import { daysOfOffers } from './early-payment.service.ts';
import * as store from './early-payment.store.ts';
import {
  annualPercentOf,
  daysFor,
  type EarlyPayment,
  type EarlyPaymentState,
  houseOffer,
  type Offer,
  scaleOf,
} from './early-payment.ts';

type Rated = { readonly days: number; readonly annualPercent: DecimalString; readonly toPay: DecimalString };

const rated = <E extends Pick<EarlyPayment, 'payOn' | 'dueOn' | 'baseAmount' | 'discountAmount'>>(
  early: E,
): E & Rated => {
  const days = daysBetween(early.payOn, early.dueOn);
  return {
    ...early,
    days,
    toPay: subtractDecimals(early.baseAmount, early.discountAmount),
    annualPercent: annualPercentOf({ discount: early.discountAmount, amount: early.baseAmount, days }),
  };
};

/** What an invoice's page says of paying it early. */
export type EarlyOfInvoice = {
  /** Proposed or agreed now. */
  readonly open: (EarlyPayment & Rated) | null;
  /** What came of earlier ones, the newest first. */
  readonly ended: readonly (EarlyPayment & Rated)[];
  /** What the house offers its supplier, the earliest day first. */
  readonly scale: readonly Offer[];
  readonly annualPercent: DecimalString | null;
  /** Between which days a supplier may propose; null where it may not. */
  readonly proposable: { readonly first: Day; readonly last: Day } | null;
  readonly mayAccept: boolean;
};

/** What of paying an invoice early is shown to who looks at it. */
export async function earlyOfInvoice(
  ctx: Ctx,
  of: { invoice: Invoice; payable: DecimalString },
): Promise<EarlyOfInvoice> {
  const { invoice } = of;
  const rule = ctx.policies.earlyPayment;
  const all = (await store.findOfInvoice(ctx.tx, invoice.id)).map(rated);
  const open = all.find((early) => early.state === 'proposed' || early.state === 'accepted') ?? null;
  const isOffered = rule.isOn && open === null && invoice.state === 'approved';
  const isSupplier = ctx.actor.kind === 'supplier';
  const days = isOffered && isSupplier ? await daysOfOffers(ctx) : null;
  const scale = days === null ? [] : scaleOf({ ...invoice, ...of }, { ...days, rule });
  return {
    open,
    ended: all.filter((early) => early !== open),
    scale:
      days === null ? [] : await withinBudget(ctx, { ...days, currency: invoice.currency, offers: scale }),
    annualPercent: rule.annualPercent,
    proposable: days === null ? null : daysFor(invoice.dueOn, { ...days, rule }),
    mayAccept:
      open !== null &&
      may(ctx, 'early_payment.accept', { ...open, ties: { buyer: await findBuyersOf(ctx, invoice.id) } }),
  };
}

/** The offers that each by itself fit what may still be paid early. */
async function withinBudget<O extends Pick<Offer, 'toPay'>>(
  ctx: Ctx,
  of: { currency: string; today: Day; offers: readonly O[] },
): Promise<O[]> {
  const budget = ctx.policies.earlyPayment.budgets[of.currency];
  if (budget === undefined || of.offers.length === 0) return [...of.offers];
  const used = await store.findPaidEarly(ctx.tx, of);
  return of.offers.filter((offer) => compareDecimals(addDecimals([used, offer.toPay]), budget) <= 0);
}

/** A supplier's approved invoices with what each would bring on one day. */
export type OffersPage = {
  readonly isOn: boolean;
  readonly currencies: readonly string[];
  readonly currency: string;
  readonly payOn: Day;
  readonly earliest: Day;
  readonly annualPercent: DecimalString | null;
  readonly offers: readonly (OfferableRow & Offer)[];
  /** Approved, but due too soon for an offer on this day, or more than is paid early now. */
  readonly withoutOffer: number;
  readonly ticked: ReadonlySet<string>;
  readonly sums: {
    readonly payable: DecimalString;
    readonly discount: DecimalString;
    readonly toPay: DecimalString;
  };
  readonly isCut: boolean;
  readonly own: readonly (EarlyPaymentRow & Rated)[];
};

/** @param of.ticked what was ticked when the form was sent; null ticks all */
export async function getOffersPage(
  ctx: Ctx,
  of: { currency: string | null; payOn: Day | null; ticked: ReadonlySet<string> | null },
): Promise<OffersPage> {
  const rule = ctx.policies.earlyPayment;
  const { earliest, today } = await daysOfOffers(ctx);
  const rows = rule.isOn ? await findOfferable(ctx) : [];
  const currencies = [...new Set(rows.map((row) => row.currency))];
  const currency = of.currency ?? currencies[0] ?? ctx.policies.company.currency;
  const payOn = of.payOn === null || of.payOn < earliest ? earliest : of.payOn;
  const inCurrency = rows.filter((row) => row.currency === currency);
  const all = inCurrency.flatMap((row) => {
    const offer = houseOffer(row, { payOn, earliest, rule });
    return offer === null ? [] : [{ ...row, ...offer }];
  });
  const offers = await withinBudget(ctx, { currency, today, offers: all });
  const ticked = offers.filter((offer) => of.ticked?.has(offer.id) ?? true);
  const page = { after: null, limit: 50 };
  return {
    isOn: rule.isOn,
    currencies: [...new Set([currency, ...currencies])],
    currency,
    payOn,
    earliest,
    annualPercent: rule.annualPercent,
    offers,
    withoutOffer: inCurrency.length - offers.length,
    ticked: new Set(ticked.map((offer) => offer.id)),
    sums: {
      payable: addDecimals(ticked.map((offer) => offer.payable)),
      discount: addDecimals(ticked.map((offer) => offer.discountAmount)),
      toPay: addDecimals(ticked.map((offer) => offer.toPay)),
    },
    isCut: rows.length === OFFERED_AT_MOST,
    own: (await listEarlyPayments(ctx, { state: null }, page)).rows.map(rated),
  };
}

/** What was proposed and agreed with suppliers, and what it saved. */
export type EarlyPaymentsPage = Page<EarlyPaymentRow & Rated> & {
  readonly isOn: boolean;
  readonly taken: Awaited<ReturnType<typeof findTakenSums>>;
};

export async function getEarlyPaymentsPage(
  ctx: Ctx,
  of: { filter: { state: EarlyPaymentState | null }; page: PageRequest },
): Promise<EarlyPaymentsPage> {
  const { rows, nextCursor } = await listEarlyPayments(ctx, of.filter, of.page);
  return {
    rows: rows.map(rated),
    nextCursor,
    isOn: ctx.policies.earlyPayment.isOn,
    taken: await findTakenSums(ctx),
  };
}

/** Proposals that wait for somebody in finance. */
export async function waitingForEarlyPayments(ctx: Ctx): Promise<WaitingItem[]> {
  if (!hasRole(ctx.actor, 'finance')) return [];
  const rows = await findWaitingProposals(ctx);
  if (rows.length === 0) return [];
  return [
    {
      key: 'waiting.early-payment.to-answer',
      count: rows[0]?.total ?? rows.length,
      href: '/early-payment?state=proposed',
      urgent: false,
      items: rows.map((row) => ({
        label: row.label,
        href: `/invoices/${row.invoiceId}`,
        dueAt: instantAt(`${row.expiresOn}T23:59`, ctx.policies.company.timeZone),
      })),
    },
  ];
}

/** What mails about an early payment say of it. */
export const getEarlyPayment = async (ctx: Ctx, id: string): Promise<(EarlyPayment & Rated) | undefined> => {
  const early = await store.findEarlyPayment(ctx.tx, id);
  return early === undefined ? undefined : rated(early);
};
