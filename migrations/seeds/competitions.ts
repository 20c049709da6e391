import { answerInvitation } from '../../src/bids/index.ts';
import { compareDecimals, type DecimalString, multiplyDecimals } from '../../src/kernel/money.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import {
  approveEvent,
  cancelEvent,
  type NewEvent,
  publishEvent,
  submitForApproval,
} from '../../src/sourcing/index.ts';
import { cityOf } from './company.ts';
import type { CompetitionPlan } from './competition-plan.ts';
import { fulfilmentSteps } from './fulfilment.ts';
import * as act from './purchasing.ts';
import type { Competition, CompetitionLine } from './real-data.ts';
import type { Calendar, Facts, Step } from './step.ts';
import { asPlaces, asTitle } from './wording.ts';

type Told = {
  readonly plan: CompetitionPlan;
  readonly competition: Competition;
  readonly calendar: Calendar;
};

/** Everything that happens to one competition, from its first draft as far as its plan goes. */
export function competitionSteps(told: Told): Step[] {
  const { cancelled } = told.plan;
  const endsAt = cancelled === undefined ? null : told.calendar.at(cancelled.daysAgo, CANCELLED_AT);
  const bids = bidding(told).filter((step) => endsAt === null || step.at < endsAt);
  return [...preparing(told), ...bids, ...deciding(told)];
}

const CLOSES_AT = '17:00';
const CANCELLED_AT = '15:20';
const NEEDED_AFTER_DAYS = 90;

function preparing({ plan, competition, calendar }: Told): Step[] {
  const { contract, owner, createdDaysAgo, stage: goal } = plan;
  const key = (name: string): string => `${contract} ${name}`;
  const eventId = key('event');
  const suppliers = [...competition.bidders, ...(plan.alsoInvited ?? [])];
  const steps: Step[] = [
    {
      key: key('drafted'),
      at: calendar.at(createdDaysAgo, '09:10'),
      act: async (stage) => {
        const event = eventOf({ plan, competition, calendar });
        return { [eventId]: await act.prepareEvent(stage, { owner, event, suppliers }) };
      },
    },
  ];
  if (goal === 'draft') return steps;
  const move = (
    name: string,
    at: Date,
    who: string,
    work: (ctx: Ctx, id: string) => Promise<void>,
  ): Step => ({
    key: key(name),
    at,
    act: async (stage) => void (await work(stage.as(stage.staff(who)), stage.fact(eventId))),
  });
  steps.push(move('asked', calendar.at(createdDaysAgo, '10:05'), owner, submitForApproval));
  if (goal === 'waiting') return steps;
  steps.push(
    move('approved', calendar.at(createdDaysAgo - 1, '09:40'), act.APPROVER, approveEvent),
    move('published', calendar.at(createdDaysAgo - 1, '10:15'), owner, publishEvent),
  );
  const { cancelled } = plan;
  if (cancelled !== undefined)
    steps.push(
      move('cancelled', calendar.at(cancelled.daysAgo, CANCELLED_AT), owner, (ctx, id) =>
        cancelEvent(ctx, { eventId: id, reason: cancelled.reason }),
      ),
    );
  return steps;
}

function eventOf({ plan, competition, calendar }: Told): NewEvent {
  const { contract, title, region, bidOn, lines } = competition;
  return {
    title: `${asTitle(title)} · ${asPlaces(region)}`,
    description: `Lines and bids are those of contract ${contract}, let by the Indiana Department of Transportation on ${bidOn}.`,
    categoryCode: plan.category,
    plantCode: plan.plant,
    incoterm: 'DAP',
    incotermPlace: cityOf(plan.plant),
    currency: 'USD',
    paymentTermsDays: 30,
    closesAt: calendar.at(plan.closesDaysAgo, CLOSES_AT),
    timeZone: 'Asia/Shanghai',
    items: lines.map(({ itemCode, description, quantity, unit, originalUnit, unitPrices }) => ({
      itemCode,
      description,
      quantity,
      unit,
      originalUnit,
      needByOn: calendar.day(plan.createdDaysAgo - NEEDED_AFTER_DAYS),
      estimatedPrice: middleOf([...unitPrices.values()]),
      ...(plan.tender === undefined ? {} : tenderedLine(plan.tender, { itemCode, quantity, unitPrices })),
    })),
    ...(plan.tender === undefined ? {} : tenderTerms(plan, calendar)),
  };
}

/** What a tender says beyond a quotation: its lots, its days around closing, and that bids may be in yuan. */
const tenderTerms = (plan: CompetitionPlan, calendar: Calendar): Partial<NewEvent> => ({
  eventType: 'tender',
  lots: (plan.tender ?? []).map(({ title }) => ({ title, description: '' })),
  bidCurrencies: ['CNY'],
  enquiriesUntil: calendar.at(plan.closesDaysAgo + 4, CLOSES_AT),
  openingNotBefore: calendar.at(plan.closesDaysAgo - 1, '10:00'),
  decisionByOn: calendar.day(plan.closesDaysAgo - 21),
});

/** The lot a line stands in; a stone for the bank may also be offered in another kind, and cheaper in larger quantity. */
function tenderedLine(
  lots: NonNullable<CompetitionPlan['tender']>,
  line: Pick<CompetitionLine, 'itemCode' | 'quantity' | 'unitPrices'>,
) {
  const lot = lots.findIndex(({ prefixes }) => prefixes.some((prefix) => line.itemCode.startsWith(prefix)));
  const lotNo = lot === -1 ? lots.length : lot + 1;
  if (!line.itemCode.startsWith('616-')) return { lotNo };
  const lowest = [...line.unitPrices.values()].toSorted(compareDecimals)[0] ?? null;
  return {
    lotNo,
    specification: 'Stone free of clay and ice; graded as the standard specification of the owner says.',
    targetPrice: lowest,
    takesAlternates: true,
    asksCapacity: true,
    tiers: [multiplyDecimals(line.quantity, '2')],
  };
}

/** The owner's own estimates are not public, so the middle price (of two the lower one) stands for them. */
const middleOf = (prices: readonly DecimalString[]): DecimalString | null =>
  prices.toSorted(compareDecimals)[Math.ceil(prices.length / 2) - 1] ?? null;

/** Suppliers answer one after the other in the days before closing, the lowest bidder last. */
function bidding({ plan, competition, calendar }: Told): Step[] {
  if (plan.stage !== 'published') return [];
  const from = plan.createdDaysAgo - 2;
  const until = Math.max(plan.closesDaysAgo + 1, 1);
  const count = competition.bidders.length;
  return competition.bidders.flatMap((bidder, index) => {
    const daysAgo = Math.round(until + ((from - until) * index) / count);
    return answerOf({ plan, competition, calendar }, bidder, { index, daysAgo });
  });
}

function answerOf(
  { plan, competition, calendar }: Told,
  bidder: string,
  of: { index: number; daysAgo: number },
): Step[] {
  const what = plan.bids?.[of.index] ?? 'submits';
  const key = `${plan.contract} ${bidder}`;
  const eventId = `${plan.contract} event`;
  // Minutes apart, and early enough to lie behind whoever loads the demonstration in the morning.
  const at = (hour: string): Date => calendar.at(of.daysAgo, `${hour}:${String(12 + of.index * 7)}`);
  if (what === 'waits') return [];
  if (what === 'declines')
    return [
      {
        key: `${key} declined`,
        at: at('06'),
        act: async (stage) => {
          const reason = 'Our crews are booked until the end of the season.';
          const ctx = stage.as(stage.contactOf(stage.fact(`supplier:${bidder}`)));
          await answerInvitation(ctx, { eventId: stage.fact(eventId), action: 'decline', reason });
          return undefined;
        },
      },
    ];
  const prices = competition.lines.map((line) => priceOf(line, bidder));
  const half = Math.ceil(prices.length / 2);
  const drafting: Step = {
    key: `${key} draft`,
    at: at('05'),
    act: async (stage): Promise<Facts> => {
      const unitPrices = what === 'drafts' ? prices.slice(0, half) : prices;
      const ctx = stage.as(stage.contactOf(stage.fact(`supplier:${bidder}`)));
      return { [`${key} bid`]: await act.draftBid(ctx, stage.fact(eventId), { unitPrices, note: '' }) };
    },
  };
  const sending: Step = {
    key: `${key} submitted`,
    at: at('06'),
    act: async (stage) =>
      void (await act.sendBid(
        stage.as(stage.contactOf(stage.fact(`supplier:${bidder}`))),
        stage.fact(`${key} bid`),
      )),
  };
  return what === 'drafts' ? [drafting] : [drafting, sending];
}

function priceOf(line: CompetitionLine, bidder: string): DecimalString {
  const price = line.unitPrices.get(bidder);
  if (price === undefined) throw new Error(`${bidder} gave no price for ${line.itemCode}`);
  return price;
}

function deciding({ plan, calendar }: Told): Step[] {
  const { contract, owner, closesDaysAgo, openedDaysAgo, proposed, approvedDaysAgo, cancelled } = plan;
  if (plan.stage !== 'published' || cancelled !== undefined) return [];
  const key = (name: string): string => `${contract} ${name}`;
  const steps: Step[] = [
    {
      key: key('closed'),
      at: calendar.at(closesDaysAgo, CLOSES_AT),
      act: async (stage) => void (await act.closeEvents(stage)),
    },
  ];
  if (openedDaysAgo !== undefined)
    steps.push({
      key: key('opened'),
      at: calendar.at(openedDaysAgo, '17:30'),
      act: async (stage) => void (await act.openEvent(stage, stage.fact(key('event')))),
    });
  if (proposed !== undefined)
    steps.push({
      key: key('proposed'),
      at: calendar.at(proposed.daysAgo, '07:45'),
      act: async (stage) => {
        const ctx = stage.as(stage.staff(owner));
        const { allocation, why: justification } = proposed;
        const eventId = stage.fact(key('event'));
        return { [key('award')]: await act.proposeByPrice(ctx, { eventId, allocation, justification }) };
      },
    });
  if (approvedDaysAgo !== undefined)
    steps.push({
      key: key('approved award'),
      at: calendar.at(approvedDaysAgo, '08:20'),
      act: async (stage) => {
        const orderIds = await act.approveAndOrder(stage, stage.fact(key('award')));
        return Object.fromEntries(orderIds.map((id, index) => [key(`order ${index}`), id]));
      },
    });
  return [
    ...steps,
    ...(plan.orders ?? []).flatMap((orderPlan, index) =>
      fulfilmentSteps(orderPlan, { order: key(`order ${index}`), calendar }),
    ),
  ];
}
