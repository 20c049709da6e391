import { submitAtClosing } from '../../../src/bids/index.ts';
import { createCategory, createPlant, listCategories, listPlants } from '../../../src/catalog/index.ts';
import { type Actor, system } from '../../../src/kernel/actor.ts';
import type { Ctx } from '../../../src/platform/db/context.ts';
import {
  approveEvent,
  closeDueEvents,
  createEvent,
  type EventItem,
  type EventTerms,
  findEvent,
  findEventItems,
  inviteSuppliers,
  type NewEventItem,
  publishEvent,
  type SourcingEvent,
  submitForApproval,
} from '../../../src/sourcing/index.ts';
import type { World } from '../world.ts';
import { makeSupplier } from './suppliers.ts';

type MadeSupplier = Awaited<ReturnType<typeof makeSupplier>>;

/** A category `MACH` and a plant `QD01`, made once a world. */
export async function makeCatalog(
  world: Pick<World, 'runInTx'>,
): Promise<{ categoryCode: string; plantCode: string }> {
  await world.runInTx(system('test'), async (ctx) => {
    if ((await listCategories(ctx)).length === 0)
      await createCategory(ctx, { code: 'MACH', nameEn: 'Machined parts', nameZh: '机加工件' });
    if ((await listPlants(ctx)).length === 0)
      await createPlant(ctx, {
        code: 'QD01',
        nameEn: 'Qingdao plant',
        nameZh: '青岛工厂',
        addressLines: ['1 Hailan Road', '266101 Qingdao', 'China'],
        timeZone: 'Asia/Shanghai',
      });
  });
  return { categoryCode: 'MACH', plantCode: 'QD01' };
}

/** The terms of a small RFQ that closes on 2026-03-09 at 17:00 in Qingdao (09:00 UTC). */
export const someTerms = (over: Partial<EventTerms> = {}): EventTerms => ({
  title: 'Brackets for the spring series',
  description: 'Drawings attached.',
  categoryCode: 'MACH',
  plantCode: 'QD01',
  incoterm: 'DAP',
  incotermPlace: 'Qingdao',
  currency: 'USD',
  paymentTermsDays: 30,
  closesAt: new Date('2026-03-09T09:00:00Z'),
  timeZone: 'Asia/Shanghai',
  ...over,
});

/** Three lines: 100 × 2.50, 40 × 12.00 and 2,000 × 0.125; 980 USD altogether. */
export const someItems = (over: Partial<NewEventItem> = {}): NewEventItem[] =>
  [
    { itemCode: 'BR-100', description: 'Bracket A, 6061-T6', quantity: '100', estimatedPrice: '2.5' },
    { itemCode: 'BR-200', description: 'Mount plate, anodised', quantity: '40', estimatedPrice: '12' },
    { itemCode: null, description: 'Spacer 12 mm, brass', quantity: '2000', estimatedPrice: '0.125' },
  ].map((item) => ({ ...item, unit: 'C62', originalUnit: null, needByOn: '2026-04-30', ...over }));

/** A draft of the buyer's, by default without invitations. */
export async function draftEvent(
  world: World,
  over: {
    buyer?: Actor;
    terms?: Partial<EventTerms>;
    items?: NewEventItem[];
    suppliers?: readonly { supplierId: string }[];
  } = {},
): Promise<{ eventId: string; buyer: Actor }> {
  await makeCatalog(world);
  const buyer = over.buyer ?? (await world.staff('buyer'));
  const eventId = await world.runInTx(buyer, async (ctx) => {
    const id = await createEvent(ctx, { ...someTerms(over.terms), items: over.items ?? someItems() });
    const invited = (over.suppliers ?? []).map((supplier) => supplier.supplierId);
    if (invited.length > 0) await inviteSuppliers(ctx, id, invited);
    return id;
  });
  return { eventId, buyer };
}

export type PublishedEvent = {
  readonly eventId: string;
  readonly buyer: Actor;
  readonly suppliers: readonly MadeSupplier[];
  readonly event: SourcingEvent;
  readonly items: readonly EventItem[];
};

/**
 * An open event with invited suppliers (two unless told otherwise). With an `approver`, it goes through
 * approval first. `closesAt` is short for the same in `terms`.
 */
export async function publishedEvent(
  world: World,
  over: {
    buyer?: Actor;
    approver?: Actor;
    suppliers?: readonly MadeSupplier[];
    terms?: Partial<EventTerms>;
    items?: NewEventItem[];
    closesAt?: string;
    /** What the buyer does with the draft before it is published. */
    prepare?: (ctx: Ctx, eventId: string) => Promise<unknown>;
  } = {},
): Promise<PublishedEvent> {
  const suppliers = over.suppliers ?? [await makeSupplier(world), await makeSupplier(world)];
  const closesAt = over.closesAt === undefined ? {} : { closesAt: new Date(over.closesAt) };
  const { eventId, buyer } = await draftEvent(world, {
    ...over,
    suppliers,
    terms: { ...over.terms, ...closesAt },
  });
  const { approver, prepare } = over;
  if (prepare !== undefined) await world.runInTx(buyer, (ctx) => prepare(ctx, eventId));
  if (approver !== undefined) {
    await world.runInTx(buyer, (ctx) => submitForApproval(ctx, eventId));
    await world.runInTx(approver, (ctx) => approveEvent(ctx, eventId));
  }
  return world.runInTx(buyer, async (ctx) => {
    await publishEvent(ctx, eventId);
    return {
      eventId,
      buyer,
      suppliers,
      event: await findEvent(ctx, eventId),
      items: await findEventItems(ctx, eventId),
    };
  });
}

/** Moves the world's clock to the closing instant and lets the sweeper close what is due. */
export async function closeEvent(world: World, event: Pick<SourcingEvent, 'closesAt'>): Promise<void> {
  world.setNow((event.closesAt as Date).toISOString());
  await world.runInTx(system('sourcing/every-five-seconds-close-due-events'), (ctx) =>
    closeDueEvents(ctx, submitAtClosing),
  );
}
