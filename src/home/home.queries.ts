import { waitingFor as waitingForAgreements } from '../agreements/index.ts';
import { waitingFor as waitingForApprovals } from '../approvals/index.ts';
import { waitingFor as waitingForAwards, waitingForCommittee } from '../awards/index.ts';
import { waitingFor as waitingForBids } from '../bids/index.ts';
import {
  waitingFor as waitingForDeliveries,
  waitingForNonconformances,
  waitingForWork,
} from '../deliveries/index.ts';
import { waitingFor as waitingForDisputes } from '../disputes/index.ts';
import { waitingFor as waitingForForecasts } from '../forecasts/index.ts';
import { findAbsences, type ShownDelegation, waitingFor as waitingForPeople } from '../identity/index.ts';
import {
  waitingForCreditNotes,
  waitingForDrafts,
  waitingForEarlyPayments,
  waitingForInspection,
  waitingForInstalments,
  waitingFor as waitingForInvoices,
  waitingForPaymentRuns,
  waitingForRetentions,
  waitingForSelfBilling,
  waitingForStatements,
} from '../invoices/index.ts';
import type { Actor, Principal } from '../kernel/actor.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import { waitingFor as waitingForOrders } from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { waitingFor as waitingForRequisitions } from '../requisitions/index.ts';
import { waitingFor as waitingForEvents } from '../sourcing/index.ts';
import {
  waitingForBankAccounts,
  waitingForQualifications,
  waitingFor as waitingForSuppliers,
} from '../suppliers/index.ts';

/** What waits for this actor in each domain, in the order of a purchase; urgent things first. */
export async function waitingForActor(ctx: Ctx): Promise<WaitingItem[]> {
  const found: WaitingItem[] = [];
  for (const waitingFor of WAITING) found.push(...(await waitingFor(ctx)));
  return found.toSorted((a, b) => Number(b.urgent) - Number(a.urgent));
}

/**
 * What waits for each person this actor acts for, in the roles it was left, as that person would see it; without
 * what either of the two made and neither may approve.
 */
export async function waitingForPrincipals(
  ctx: Ctx,
): Promise<{ principal: Principal; absence: ShownDelegation | undefined; waiting: WaitingItem[] }[]> {
  const absences = await findAbsences(
    ctx,
    (ctx.actor.actsFor ?? []).map((principal) => principal.userId),
  );
  const found = [];
  for (const principal of ctx.actor.actsFor ?? []) {
    const own = { userId: ctx.actor.userId ?? '', name: ctx.actor.name };
    const { userId, roles, scope } = principal;
    const actor: Actor = { ...ctx.actor, userId, roles, ...(scope && { scope }), onBehalfOf: own };
    const absence = absences.find((one) => one.principalId === userId && one.delegateId === ctx.actor.userId);
    found.push({ principal, absence, waiting: await waitingForActor({ ...ctx, actor }) });
  }
  return found;
}

/** One query a domain, one after the other: they share the page's transaction. */
const WAITING: readonly ((ctx: Ctx) => Promise<readonly WaitingItem[]>)[] = [
  waitingForSuppliers,
  waitingForBankAccounts,
  waitingForQualifications,
  waitingForAgreements,
  waitingForApprovals,
  waitingForRequisitions,
  waitingForEvents,
  waitingForBids,
  waitingForCommittee,
  waitingForAwards,
  waitingForOrders,
  waitingForDeliveries,
  waitingForWork,
  waitingForForecasts,
  waitingForNonconformances,
  waitingForInvoices,
  waitingForInspection,
  waitingForDrafts,
  waitingForInstalments,
  waitingForRetentions,
  waitingForStatements,
  waitingForCreditNotes,
  waitingForEarlyPayments,
  waitingForSelfBilling,
  waitingForPaymentRuns,
  waitingForDisputes,
  waitingForPeople,
];
