import { waitingFor as waitingForAwards } from '../awards/index.ts';
import { waitingFor as waitingForBids } from '../bids/index.ts';
import { waitingFor as waitingForDeliveries } from '../deliveries/index.ts';
import { waitingFor as waitingForPeople } from '../identity/index.ts';
import { waitingFor as waitingForDisputes } from '../disputes/index.ts';
import { waitingFor as waitingForInvoices } from '../invoices/index.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import { waitingFor as waitingForOrders } from '../orders/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { waitingFor as waitingForEvents } from '../sourcing/index.ts';

/** What waits for this actor in each domain, in the order of a purchase; urgent things first. */
export async function waitingForActor(ctx: Ctx): Promise<WaitingItem[]> {
  const found: WaitingItem[] = [];
  for (const waitingFor of WAITING) found.push(...(await waitingFor(ctx)));
  return found.toSorted((a, b) => Number(b.urgent) - Number(a.urgent));
}

/** One query a domain, one after the other: they share the page's transaction. */
const WAITING: readonly ((ctx: Ctx) => Promise<readonly WaitingItem[]>)[] = [
  waitingForEvents,
  waitingForBids,
  waitingForAwards,
  waitingForOrders,
  waitingForDeliveries,
  waitingForInvoices,
  waitingForDisputes,
  waitingForPeople,
];
