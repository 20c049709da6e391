import { addDays, type Day, dayIn } from '../kernel/time.ts';
import { asksPrices, currenciesOf, type SourcingEvent } from '../sourcing/index.ts';
import type { BidRules } from './offer.ts';

/** What an event lets a bid say, and wants it to say. */
export const rulesOf = (event: SourcingEvent): BidRules => ({
  currencies: currenciesOf(event),
  needsPrice: asksPrices(event),
  takesPartialBids: event.takesPartialBids,
  validUntilAtLeast: validUntilAtLeast(event),
});

const validUntilAtLeast = (event: SourcingEvent): Day | null =>
  event.bidValidDays === null || event.closesAt === null
    ? null
    : addDays(dayIn(event.closesAt, event.timeZone), event.bidValidDays);
