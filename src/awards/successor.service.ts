import { findOpenedBids } from '../bids/index.ts';
import { conflict, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  concludeEvent,
  createEvent,
  findEvent,
  findEventItems,
  findLots,
  findPlan,
  inviteSuppliers,
  lockEvent,
  type NewEventItem,
  type Requirement,
  type SourcingEvent,
  takeOver,
} from '../sourcing/index.ts';
import { findWeightedPlaces } from './weighted-result.service.ts';

/** Who answered an RFI and was not set aside, the best weighted total first where criteria judge. */
export type Respondent = {
  readonly supplierId: string;
  readonly supplierName: string;
  readonly bidId: string;
  readonly rank: number | null;
  readonly total: string | null;
};

/** What the page shows that chooses who is asked for prices. @throws AppError `sourcing_event.not-found`, `rfi.is-none`, `rfi.not-evaluated` */
export async function getSuccessorPage(
  ctx: Ctx,
  eventId: string,
): Promise<{
  event: SourcingEvent;
  respondents: readonly Respondent[];
  lineCount: number;
  questions: readonly Requirement[];
}> {
  const event = await findEvent(ctx, eventId);
  assertEvaluatedRfi(event);
  return {
    event,
    respondents: await findRespondents(ctx, eventId),
    lineCount: (await findEventItems(ctx, eventId)).length,
    questions: (await findPlan(ctx, eventId)).requirements,
  };
}

async function findRespondents(ctx: Ctx, eventId: string): Promise<Respondent[]> {
  const places = await findWeightedPlaces(ctx, eventId);
  return (await findOpenedBids(ctx, eventId))
    .filter((bid) => bid.state === 'valid' || bid.state === 'shortlisted')
    .map(({ id, supplierId, supplierName }) => {
      const { rank = null, total = null } = places?.whole.get(supplierId) ?? {};
      return { bidId: id, supplierId, supplierName, rank, total };
    })
    .toSorted(
      (a, b) =>
        (a.rank ?? Number.MAX_SAFE_INTEGER) - (b.rank ?? Number.MAX_SAFE_INTEGER) ||
        a.supplierName.localeCompare(b.supplierName),
    );
}

/**
 * Makes an RFQ of an RFI that was evaluated: the same terms, lots and lines with their files, the chosen questions, and
 * the chosen suppliers invited; the RFI is completed with it. What was promised until when is said anew. Gives the RFQ's id.
 * @throws AppError `sourcing_event.not-found`, `rfi.is-none`, `rfi.not-evaluated`, `rfi.nobody-chosen`,
 * `rfi.not-a-respondent`, and what inviting and `takeOver` throw
 */
export async function makeRfq(
  ctx: Ctx,
  of: { eventId: string; supplierIds: readonly string[]; requirementIds: readonly string[] },
): Promise<string> {
  const event = await lockEvent(ctx, of.eventId);
  assertEvaluatedRfi(event);
  const chosen = [...new Set(of.supplierIds)];
  if (chosen.length === 0) throw ruleBroken('rfi.nobody-chosen', 'Choose who is asked for prices');
  const respondents = await findRespondents(ctx, event.id);
  if (chosen.some((id) => !respondents.some((one) => one.supplierId === id)))
    throw conflict('rfi.not-a-respondent', 'One of them gave no answer that stands');
  const lots = await findLots(ctx, event.id);
  const items = await findEventItems(ctx, event.id);
  const id = await createEvent(ctx, {
    title: event.title,
    description: event.description,
    categoryCode: event.categoryCode,
    plantCode: event.plantCode,
    incoterm: event.incoterm,
    incotermPlace: event.incotermPlace,
    currency: event.currency,
    paymentTermsDays: event.paymentTermsDays,
    closesAt: null,
    timeZone: event.timeZone,
    calendarCode: event.calendarCode,
    bidCurrencies: event.bidCurrencies,
    eventType: 'rfq',
    lots: lots.map(({ title, description }) => ({ title, description })),
    items: items.map(({ id: _id, lineNo: _lineNo, lotId, ...item }): NewEventItem => {
      const lotNo = lots.findIndex((lot) => lot.id === lotId) + 1;
      return { ...item, lotNo: lotNo === 0 ? null : lotNo };
    }),
  });
  await takeOver(ctx, { fromEventId: event.id, toEventId: id, requirementIds: of.requirementIds });
  await inviteSuppliers(ctx, id, chosen);
  const { reference } = await findEvent(ctx, id);
  await concludeEvent(ctx, { eventId: event.id, successorId: id, reason: reference });
  return id;
}

/** @throws AppError `rfi.is-none`, `rfi.not-evaluated` */
function assertEvaluatedRfi(event: Pick<SourcingEvent, 'eventType' | 'state'>): void {
  if (event.eventType !== 'rfi') throw ruleBroken('rfi.is-none', 'Only an RFI is followed by an RFQ');
  if (event.state !== 'evaluation')
    throw ruleBroken('rfi.not-evaluated', 'The answers are not open, or it is over');
}
