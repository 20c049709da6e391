import { type TimelineEntry, timelineOf } from '../../audit/index.ts';
import { listPlants, type Plant } from '../../catalog/index.ts';
import { may } from '../../identity/index.ts';
import { hasRole } from '../../kernel/actor.ts';
import { found } from '../../kernel/errors.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import { addDays, type Day, instantAt } from '../../kernel/time.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { invitableSuppliers, type Supplier } from '../../suppliers/index.ts';
import { findAccountsPeople } from '../invoices.queries.ts';
import { todayOf } from '../payment-run.service.ts';
import { findOfInvoice } from './self-billed-invoice.store.ts';
import type { SelfBilledInvoice, SelfBilledInvoiceState } from './self-billed-invoice.ts';
import { findSelfBilledOf } from './self-billed-invoices.service.ts';
import {
  type AgreementNames,
  findAgreementNames,
  findSelfBilledNames,
  findWaitingAgreements,
  findWaitingSelfBilled,
  listSelfBilled,
  type SelfBilledNames,
  type SelfBilledRow,
  type WaitingSelfBilling,
} from './self-billing.queries.ts';
import { listAgreements } from './self-billing-agreement.store.ts';
import { lastDayOf, type SelfBillingAgreement } from './self-billing-agreement.ts';
import { findAgreementOf } from './self-billing-agreements.service.ts';

/** What is agreed with suppliers, and the invoices that were made by it. */
export type SelfBillingList = Page<SelfBilledRow> & {
  readonly agreements: readonly (SelfBillingAgreement & {
    readonly supplierName: string;
    readonly lastDay: Day;
  })[];
  readonly today: Day;
};

export async function getSelfBillingList(
  ctx: Ctx,
  of: { filter: { state: SelfBilledInvoiceState | null }; page: PageRequest },
): Promise<SelfBillingList> {
  const seen = { supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  const agreements = await listAgreements(ctx.tx, seen);
  return {
    ...(await listSelfBilled(ctx, of.filter, of.page)),
    agreements: agreements.map((one) => ({ ...one, lastDay: lastDayOf(one) })),
    today: todayOf(ctx),
  };
}

const SUPPLIERS_AT_MOST = 500;
const A_YEAR = 364;

/** What a proposal is made from. */
export type ProposalForm = {
  readonly suppliers: readonly Supplier[];
  readonly plants: readonly Plant[];
  readonly today: Day;
  readonly until: Day;
};

export async function getProposalForm(ctx: Ctx): Promise<ProposalForm> {
  const today = todayOf(ctx);
  const { plants } = placesOf(ctx.actor);
  return {
    suppliers: await invitableSuppliers(ctx, { search: '', limit: SUPPLIERS_AT_MOST }),
    plants: (await listPlants(ctx)).filter((plant) => plants === null || plants.includes(plant.code)),
    today,
    until: addDays(today, A_YEAR),
  };
}

/** An agreement with all that its page shows. */
export type AgreementPage = {
  readonly agreement: SelfBillingAgreement;
  readonly names: AgreementNames;
  readonly plants: readonly Plant[];
  readonly lastDay: Day;
  readonly noticeDays: number;
  readonly answerWorkingDays: number;
  readonly silence: 'waits' | 'accepts';
  readonly acts: ReadonlySet<string>;
  readonly timeline: readonly TimelineEntry[];
};

const AGREEMENT_ACTS = ['accept', 'refuse', 'withdraw', 'give-notice', 'leave'] as const;

/** @throws AppError `self_billing_agreement.not-found` */
export async function getAgreementPage(ctx: Ctx, id: string): Promise<AgreementPage> {
  const agreement = await findAgreementOf(ctx, id);
  const plants = await listPlants(ctx);
  return {
    agreement,
    names: found('self_billing_agreement', await findAgreementNames(ctx, id)),
    plants: plants.filter((plant) => agreement.plantCodes.includes(plant.code)),
    lastDay: lastDayOf(agreement),
    ...ctx.policies.selfBilling,
    acts: new Set(AGREEMENT_ACTS.filter((act) => may(ctx, `self_billing_agreement.${act}`, agreement))),
    timeline: await timelineOf(ctx, id),
  };
}

/** An invoice that we made, with all that its page shows. */
export type SelfBilledPage = {
  readonly selfBilled: SelfBilledInvoice;
  readonly names: SelfBilledNames;
  readonly reasons: ReadonlyMap<string, string>;
  readonly acts: ReadonlySet<string>;
  readonly today: Day;
  readonly silence: 'waits' | 'accepts';
  readonly timeline: readonly TimelineEntry[];
};

const INVOICE_ACTS = ['accept', 'contest', 'revise', 'withdraw'] as const;

/** @throws AppError `self_billed_invoice.not-found` */
export async function getSelfBilledPage(ctx: Ctx, id: string): Promise<SelfBilledPage> {
  const selfBilled = await findSelfBilledOf(ctx, id);
  return {
    selfBilled,
    names: found('self_billed_invoice', await findSelfBilledNames(ctx, id)),
    reasons: new Map(selfBilled.contested.map((one) => [one.poLineId, one.reason])),
    acts: new Set(INVOICE_ACTS.filter((act) => may(ctx, `self_billed_invoice.${act}`, selfBilled))),
    today: todayOf(ctx),
    silence: ctx.policies.selfBilling.silence,
    timeline: await timelineOf(ctx, id),
  };
}

/** What mails say of an invoice that we made, and whom they go to. */
export type SelfBilledFacts = Pick<SelfBilledPage, 'selfBilled' | 'names'> & {
  readonly supplierPeople: readonly string[];
};

/** @throws AppError `self_billed_invoice.not-found` */
export async function getSelfBilledFacts(ctx: Ctx, id: string): Promise<SelfBilledFacts> {
  const selfBilled = await findSelfBilledOf(ctx, id);
  return {
    selfBilled,
    names: found('self_billed_invoice', await findSelfBilledNames(ctx, id)),
    supplierPeople: await findAccountsPeople(ctx, selfBilled.supplierId),
  };
}

/** What mails say of an agreement, and whom they go to. */
export type AgreementFacts = Pick<AgreementPage, 'agreement' | 'names' | 'lastDay'> & {
  readonly supplierPeople: readonly string[];
};

/** @throws AppError `self_billing_agreement.not-found` */
export async function getSelfBillingFacts(ctx: Ctx, id: string): Promise<AgreementFacts> {
  const agreement = await findAgreementOf(ctx, id);
  return {
    agreement,
    names: found('self_billing_agreement', await findAgreementNames(ctx, id)),
    lastDay: lastDayOf(agreement),
    supplierPeople: await findAccountsPeople(ctx, agreement.supplierId),
  };
}

/** Did we make this invoice for its supplier, and as what? */
export const selfBilledOf = async (
  ctx: Ctx,
  invoiceId: string,
): Promise<Pick<SelfBilledInvoice, 'id' | 'reference'> | null> =>
  (await findOfInvoice(ctx.tx, invoiceId)) ?? null;

/** What waits of self-billing: for a supplier to agree and to accept, for finance what is contested. */
export async function waitingForSelfBilling(ctx: Ctx): Promise<WaitingItem[]> {
  const { actor } = ctx;
  if (actor.kind !== 'supplier')
    return hasRole(actor, 'finance') ? itemOf(ctx, await findWaitingSelfBilled(ctx, 'contested')) : [];
  const agreements = hasRole(actor, 'supplier_administrator') ? await findWaitingAgreements(ctx) : [];
  const invoices = hasRole(actor, 'supplier_administrator', 'supplier_accounts')
    ? await findWaitingSelfBilled(ctx, 'sent')
    : [];
  return [...itemOf(ctx, agreements), ...itemOf(ctx, invoices)];
}

function itemOf(ctx: Ctx, rows: readonly WaitingSelfBilling[]): WaitingItem[] {
  const [first] = rows;
  if (first === undefined) return [];
  const today = todayOf(ctx);
  return [
    {
      key: `waiting.self-billing.${first.kind}`,
      count: first.total,
      href: '/self-billing',
      urgent: first.kind === 'contested' || rows.some((row) => row.dueOn !== null && row.dueOn <= today),
      items: rows.map((row) => ({
        label: row.label,
        href: row.kind === 'agreement' ? `/self-billing/${row.id}` : `/self-billed/${row.id}`,
        dueAt: row.dueOn === null ? null : instantAt(`${row.dueOn}T23:59`, ctx.policies.company.timeZone),
      })),
    },
  ];
}
