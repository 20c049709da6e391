import { findPlant, listPlants, type Plant } from '../../catalog/index.ts';
import { found } from '../../kernel/errors.ts';
import { addDays, type Day, dayIn, startOfDay, wallClock } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { type DespatchAdvice, despatchAdviceLifecycle } from '../despatch-advice.ts';
import { findDespatch } from '../despatches.service.ts';
import { type ArrivalRow, findArrivals } from './arrivals.queries.ts';
import { findTaken } from './dock-appointment.store.ts';
import { type DockAppointment, dockAppointmentLifecycle, type Slot, slotsOn } from './dock-appointment.ts';
import { dockTableOf, findDockAppointment } from './docks.service.ts';

/** A slot by the plant's clock. */
type Clock = { readonly day: Day; readonly from: string; readonly until: string };
const clockOf = ({ startsAt, endsAt }: Slot, timeZone: string): Clock => ({
  day: dayIn(startsAt, timeZone),
  from: wallClock(startsAt, timeZone).slice(-5),
  until: wallClock(endsAt, timeZone).slice(-5),
});

/** What a delivery's page says of its dock. */
export type ShownAppointment = DockAppointment &
  Clock & {
    readonly mayBeConfirmed: boolean;
    readonly mayBeMoved: boolean;
  };

export type DockPage = {
  readonly despatch: DespatchAdvice;
  readonly timeZone: string;
  readonly appointment: ShownAppointment | null;
  /** False once the delivery is there. */
  readonly isOpen: boolean;
  readonly day: Day;
  readonly today: Day;
  readonly slots: readonly (Slot &
    Clock & { readonly free: number; readonly isOwn: boolean; readonly isOpen: boolean })[];
};

/** The appointment of a delivery, and what may be done with it; null where it has none. */
export async function getAppointment(
  ctx: Ctx,
  despatch: Pick<DespatchAdvice, 'id' | 'state' | 'plantCode'>,
): Promise<ShownAppointment | null> {
  const appointment = await findDockAppointment(ctx, despatch.id);
  if (appointment === undefined) return null;
  const isOpen = despatchAdviceLifecycle.may(despatch.state, 'book-dock');
  const plant = found('plant', await findPlant(ctx, despatch.plantCode));
  return {
    ...appointment,
    ...clockOf(appointment, plant.timeZone),
    mayBeConfirmed: isOpen && dockAppointmentLifecycle.may(appointment.state, 'confirm'),
    mayBeMoved: isOpen && dockAppointmentLifecycle.may(appointment.state, 'move'),
  };
}

/**
 * The slots of one day at the delivery's plant; the day it is expected where nobody asks for another.
 * @throws AppError `despatch_advice.not-found`
 */
export async function getDockPage(ctx: Ctx, of: { despatchId: string; day: Day | null }): Promise<DockPage> {
  const despatch = found('despatch_advice', await findDespatch(ctx, of.despatchId));
  const table = await dockTableOf(ctx, despatch.plantCode);
  const appointment = await getAppointment(ctx, despatch);
  const today = dayIn(ctx.now, table.timeZone);
  const day = of.day ?? (despatch.expectedOn > today ? despatch.expectedOn : today);
  const taken = await findTaken(ctx.tx, {
    plantCode: despatch.plantCode,
    from: startOfDay(day, table.timeZone),
    until: startOfDay(addDays(day, 1), table.timeZone),
  });
  return {
    despatch,
    timeZone: table.timeZone,
    appointment,
    isOpen: despatchAdviceLifecycle.may(despatch.state, 'book-dock'),
    day,
    today,
    slots: slotsOn(day, table).map((slot) => {
      const free = Math.max(0, table.hours.capacity - (taken.get(slot.startsAt.getTime()) ?? 0));
      const isOwn = appointment?.startsAt.getTime() === slot.startsAt.getTime();
      return {
        ...slot,
        ...clockOf(slot, table.timeZone),
        free,
        isOwn,
        isOpen: slot.startsAt > ctx.now && day >= despatch.despatchedOn && (free > 0 || isOwn),
      };
    }),
  };
}

export type ArrivalsPage = {
  readonly day: Day;
  readonly today: Day;
  readonly before: Day;
  readonly after: Day;
  readonly plantCode: string | null;
  readonly plants: readonly Plant[];
  readonly arrivals: readonly (ArrivalRow & {
    readonly from: string | null;
    readonly until: string | null;
  })[];
};

/** What comes on a day, today where nobody asks for another, by plant and slot. */
export async function getArrivalsPage(
  ctx: Ctx,
  of: { day: Day | null; plantCode: string | null },
): Promise<ArrivalsPage> {
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  const day = of.day ?? today;
  return {
    day,
    today,
    before: addDays(day, -1),
    after: addDays(day, 1),
    plantCode: of.plantCode,
    plants: await listPlants(ctx),
    arrivals: (await findArrivals(ctx, { day, plantCode: of.plantCode })).map((row) => ({
      ...row,
      ...(row.startsAt === null || row.endsAt === null
        ? { from: null, until: null }
        : clockOf({ startsAt: row.startsAt, endsAt: row.endsAt }, row.timeZone)),
    })),
  };
}
