import { daysBetween } from '../../src/kernel/time.ts';
import { type NewEvent, publishEvent } from '../../src/sourcing/index.ts';
import { cityOf, type PlantCode, plants } from './company.ts';
import { type DeliveryPlan, fulfilmentSteps } from './fulfilment.ts';
import * as act from './purchasing.ts';
import type { PastOrder } from './real-data.ts';
import type { Calendar, Step } from './step.ts';

/**
 * Real orders, each with the days before today on which it is placed. From there on its own dates decide: how
 * far an order is today follows from when it was due and delivered, up to 43 days late.
 */
export const pastOrderPlans: readonly (readonly [number: string, orderedDaysAgo: number])[] = [
  ['SCMS-58160', 155],
  ['SCMS-35560', 150],
  ['SCMS-138620', 148],
  ['SCMS-753', 140],
  ['SCMS-261710', 135],
  ['SCMS-18520', 128],
  ['SCMS-253260', 120],
  ['SCMS-20341', 118],
  ['SCMS-272160', 112],
  ['SCMS-42830', 110],
  ['SCMS-35790', 105],
  ['SCMS-18480', 100],
  ['SCMS-18280', 95],
  ['SCMS-26640', 85],
  ['SCMS-63980', 78],
  ['SCMS-224840', 75],
  ['SCMS-227720', 72],
  ['SCMS-104120', 68],
  ['SCMS-14760', 66],
  ['SCMS-117380', 64],
  ['SCMS-288910', 62],
  ['SCMS-280210', 60],
  ['SCMS-47550', 58],
  ['SCMS-189220', 52],
  ['SCMS-290', 50],
  ['SCMS-37770', 45],
  ['SCMS-18420', 42],
  ['SCMS-29140', 40],
  ['SCMS-143480', 37],
  ['SCMS-26290', 36],
  ['SCMS-11650', 33],
  ['SCMS-45620', 31],
  ['SCMS-39970', 28],
  ['SCMS-17290', 26],
  ['SCMS-767', 24],
  ['SCMS-272600', 20],
  ['SCMS-52580', 16],
  ['SCMS-225420', 14],
  ['SCMS-38380', 12],
  ['SCMS-24590', 9],
  ['SCMS-210541', 8],
  ['SCMS-162740', 6],
  ['SCMS-278370', 5],
  ['SCMS-130210', 3],
  ['SCMS-45110', 2],
  ['SCMS-20450', 1],
];

/** The supplier has not answered it yet. */
const notAnswered = 'SCMS-130210';

/** Asked as well and silent, because the public data name nobody else who was. */
export const silentCompetitor = 'INVERNESS MEDICAL INNOVATIONS HONG KONG LTD';

const PUBLISHED_BEFORE_DAYS = 12;
const BID_BEFORE_DAYS = 8;
const CLOSED_BEFORE_DAYS = 6;
const PROPOSED_BEFORE_DAYS = 2;
const INVOICED_AFTER_DAYS = 2;
const CHINESE_TAX = { category: 'S', rate: '13' } as const;

/** A real order from the request for its price on: one supplier is asked, bids what it was paid, and delivers. */
export function pastOrderSteps(
  order: PastOrder,
  of: { number: number; orderedDaysAgo: number; calendar: Calendar },
): Step[] {
  const { calendar, orderedDaysAgo } = of;
  const key = (name: string): string => `${order.number} ${name}`;
  const owner = of.number % 2 === 0 ? 'ana.costa' : 'li.wei';
  const minute = String(10 + (of.number % 40));
  const before = (days: number, hour: string): Date =>
    calendar.at(orderedDaysAgo + days, `${hour}:${minute}`);
  const isChinese = order.supplier.startsWith('SHANGHAI');
  const suppliers = isChinese ? [order.supplier, silentCompetitor] : [order.supplier];
  return [
    {
      key: key('published'),
      at: before(PUBLISHED_BEFORE_DAYS, '09'),
      act: async (stage) => {
        const eventId = await act.prepareEvent(stage, { owner, event: eventOf(order, of), suppliers });
        await publishEvent(stage.as(stage.staff(owner)), eventId);
        return { [key('event')]: eventId };
      },
    },
    {
      key: key('bid'),
      at: before(BID_BEFORE_DAYS, '16'),
      act: async (stage) => {
        const ctx = stage.as(stage.contactOf(stage.fact(`supplier:${order.supplier}`)));
        const unitPrices = order.lines.map((line) => line.packPrice);
        await act.sendBid(ctx, await act.draftBid(ctx, stage.fact(key('event')), { unitPrices, note: '' }));
        return undefined;
      },
    },
    {
      key: key('closed and opened'),
      at: before(CLOSED_BEFORE_DAYS, '18'),
      act: async (stage) => {
        await act.closeEvents(stage);
        await act.openEvent(stage, stage.fact(key('event')));
        return undefined;
      },
    },
    {
      key: key('proposed'),
      at: before(PROPOSED_BEFORE_DAYS, '10'),
      act: async (stage) => ({
        [key('award')]: await act.proposeByPrice(stage.as(stage.staff(owner)), {
          eventId: stage.fact(key('event')),
          allocation: 'line-by-line',
          justification: '',
        }),
      }),
    },
    {
      key: key('ordered'),
      at: before(0, '11'),
      act: async (stage) => {
        const [orderId = ''] = await act.approveAndOrder(stage, stage.fact(key('award')));
        return { [key('order')]: orderId };
      },
    },
    ...fulfilmentSteps(
      {
        ...(order.number === notAnswered ? {} : { acknowledgedDaysAgo: orderedDaysAgo - 1 }),
        deliveries: deliveriesOf(order, orderedDaysAgo).map((delivery) => ({
          ...delivery,
          invoice: {
            daysAgo: delivery.daysAgo - INVOICED_AFTER_DAYS,
            until: 'paid',
            ...(isChinese ? { tax: CHINESE_TAX } : {}),
          },
        })),
      },
      { order: key('order'), calendar },
    ),
  ];
}

function eventOf(
  order: PastOrder,
  of: { number: number; orderedDaysAgo: number; calendar: Calendar },
): NewEvent {
  const { calendar, orderedDaysAgo } = of;
  const plantCode = plantOf(of.number);
  const [first] = order.lines;
  return {
    // Some descriptions begin with the owner's catalogue number.
    title: (first?.description ?? order.number).replace(/^#\d+\**\s*/, ''),
    description: `Lines and prices are those of order ${order.number} of the USAID Supply Chain Management System, placed on ${order.orderedOn}.`,
    categoryCode: /test/i.test(order.kind) ? 'TEST' : 'PHARMA',
    plantCode,
    incoterm: order.incoterm,
    incotermPlace: isShippedBySeller(order) ? cityOf(plantCode) : order.madeAt,
    currency: 'USD',
    paymentTermsDays: 30,
    closesAt: calendar.at(orderedDaysAgo + CLOSED_BEFORE_DAYS, '17:00'),
    timeZone: 'Asia/Shanghai',
    items: order.lines.map((line) => ({
      itemCode: null,
      description: line.description,
      quantity: line.packs,
      unit: 'PK',
      originalUnit: 'packs',
      needByOn: calendar.day(orderedDaysAgo - daysBetween(order.orderedOn, line.dueOn)),
      estimatedPrice: line.packPrice,
    })),
  };
}

const plantOf = (number: number): PlantCode => plants[number % plants.length]?.code ?? 'QD01';

const isShippedBySeller = ({ incoterm }: PastOrder): boolean => incoterm !== 'EXW' && incoterm !== 'FCA';

/** The order's real deliveries, as many days after its date as they were. */
function deliveriesOf(order: PastOrder, orderedDaysAgo: number): DeliveryPlan[] {
  const lineNosOf = new Map<string, { lineNos: number[]; deliveredOn: string }>();
  for (const [index, { deliveryNumber, deliveredOn }] of order.lines.entries()) {
    const delivery = lineNosOf.get(`${deliveryNumber} ${deliveredOn}`) ?? { lineNos: [], deliveredOn };
    lineNosOf.set(`${deliveryNumber} ${deliveredOn}`, {
      ...delivery,
      lineNos: [...delivery.lineNos, index + 1],
    });
  }
  return [...lineNosOf.values()].map(({ lineNos, deliveredOn }) => {
    const daysAgo = orderedDaysAgo - daysBetween(order.orderedOn, deliveredOn);
    // Announced when it leaves, and not before the order was acknowledged.
    return { daysAgo, lineNos, announcedDaysAgo: Math.min(daysAgo + 4, orderedDaysAgo - 1) };
  });
}
