import { record } from '../../audit/index.ts';
import { calendarAt, findPlant } from '../../catalog/index.ts';
import { conflict, found, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { dayIn } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import * as despatchStore from '../despatch-advice.store.ts';
import { type DespatchAdvice, despatchAdviceLifecycle } from '../despatch-advice.ts';
import * as store from './dock-appointment.store.ts';
import {
  type DockAppointment,
  type DockTable,
  dockAppointmentLifecycle,
  type Slot,
  slotAt,
} from './dock-appointment.ts';

/** The appointment of a delivery the caller may see. */
export const findDockAppointment = (ctx: Ctx, despatchId: string): Promise<DockAppointment | undefined> =>
  store.findAppointment(ctx.tx, despatchId);

/** When a plant takes deliveries: its own hours, or those that hold for all.
 * @throws AppError `plant.not-found` */
export async function dockTableOf(ctx: Ctx, plantCode: string): Promise<DockTable> {
  const { standard, plants } = ctx.policies.docks;
  return {
    hours: plants[plantCode] ?? standard,
    timeZone: found('plant', await findPlant(ctx, plantCode)).timeZone,
    calendar: await calendarAt(ctx, plantCode),
  };
}

type Wish = {
  readonly despatchId: string;
  /** The appointment that was in front of the one who acts: 0 where there was none. */
  readonly version: number;
  readonly startsAt: Date;
  readonly note: string;
};

/**
 * The supplier proposes when its delivery comes, at first or instead of an earlier time.
 * @throws AppError `despatch_advice.not-found`, `despatch_advice.cannot-book-dock`,
 * `dock_appointment.changed-meanwhile`, `dock_appointment.slot-is-full`, and what {@link slotAt} throws
 */
export async function proposeDock(ctx: Ctx, wish: Wish): Promise<void> {
  const { despatch, before } = await lock(ctx, wish);
  const state =
    before === undefined
      ? dockAppointmentLifecycle.initial
      : dockAppointmentLifecycle.next(before.state, 'propose');
  await book(ctx, { despatch, before, wish, state, action: 'dock_appointment.proposed' });
}

/**
 * The plant gives the delivery another time than the one that was proposed or agreed.
 * @throws AppError `dock_appointment.not-found`, and what {@link proposeDock} throws
 */
export async function moveDock(ctx: Ctx, wish: Wish): Promise<void> {
  const { despatch, before } = await lock(ctx, wish);
  const state = dockAppointmentLifecycle.next(found('dock_appointment', before).state, 'move');
  await book(ctx, { despatch, before, wish, state, action: 'dock_appointment.moved' });
}

/**
 * The plant agrees to the time that the supplier proposed.
 * @throws AppError `dock_appointment.not-found`, `dock_appointment.cannot-confirm`,
 * `dock_appointment.changed-meanwhile`, `despatch_advice.cannot-book-dock`
 */
export async function confirmDock(ctx: Ctx, of: { despatchId: string; version: number }): Promise<void> {
  const { despatch, before } = await lock(ctx, of);
  const proposed = found('dock_appointment', before);
  const state = dockAppointmentLifecycle.next(proposed.state, 'confirm');
  await save(ctx, despatch, { ...proposed, state });
  await tell(ctx, { despatch, before, action: 'dock_appointment.confirmed', now: { ...proposed, state } });
}

/** Gives the dock of a delivery that does not come back to others. */
export async function releaseDock(
  ctx: Ctx,
  despatch: Pick<DespatchAdvice, 'id' | 'plantCode'>,
): Promise<void> {
  const appointment = await store.findAppointment(ctx.tx, despatch.id);
  if (appointment === undefined) return;
  await store.freePlace(ctx.tx, { plantCode: despatch.plantCode, startsAt: appointment.startsAt });
}

async function lock(
  ctx: Ctx,
  of: { despatchId: string; version: number },
): Promise<{ despatch: DespatchAdvice; before: DockAppointment | undefined }> {
  const scope = { id: of.despatchId, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  const despatch = found('despatch_advice', await despatchStore.lockDespatchById(ctx.tx, scope));
  despatchAdviceLifecycle.next(despatch.state, 'book-dock');
  const before = await store.findAppointment(ctx.tx, despatch.id);
  if ((before?.version ?? 0) !== of.version)
    throw conflict('dock_appointment.changed-meanwhile', 'The time was changed meanwhile', {
      reference: despatch.reference,
    });
  return { despatch, before };
}

type Booking = {
  readonly despatch: DespatchAdvice;
  readonly before: DockAppointment | undefined;
  readonly wish: Wish;
  readonly state: DockAppointment['state'];
  readonly action: string;
};

async function book(ctx: Ctx, { despatch, before, wish, state, action }: Booking): Promise<void> {
  const table = await dockTableOf(ctx, despatch.plantCode);
  const slot = slotAt(wish.startsAt, { table, now: ctx.now, despatchedOn: despatch.despatchedOn });
  await changePlace(ctx, { despatch, before, slot, capacity: table.hours.capacity });
  const now = {
    id: before?.id ?? newId(),
    despatchId: despatch.id,
    state,
    startsAt: slot.startsAt,
    endsAt: slot.endsAt,
    note: wish.note,
    version: before?.version ?? 0,
  };
  await save(ctx, despatch, now);
  const expectedOn = dayIn(slot.startsAt, table.timeZone);
  if (expectedOn !== despatch.expectedOn)
    await despatchStore.saveExpectedOn(ctx.tx, { id: despatch.id, expectedOn });
  await tell(ctx, { despatch, before, action, now });
}

/** Frees the old place and takes the new one, the earlier slot first, so that two who cross never wait for each other. */
async function changePlace(
  ctx: Ctx,
  of: { despatch: DespatchAdvice; before: DockAppointment | undefined; slot: Slot; capacity: number },
): Promise<void> {
  const { plantCode } = of.despatch;
  const { startsAt } = of.slot;
  const old = of.before?.startsAt;
  if (old?.getTime() === startsAt.getTime()) return;
  const free = async () =>
    old === undefined ? undefined : store.freePlace(ctx.tx, { plantCode, startsAt: old });
  if (old !== undefined && old < startsAt) await free();
  if (!(await store.takePlace(ctx.tx, { plantCode, startsAt, capacity: of.capacity })))
    throw ruleBroken('dock_appointment.slot-is-full', 'All docks are taken at this time');
  if (old !== undefined && old > startsAt) await free();
}

const save = (ctx: Ctx, despatch: DespatchAdvice, now: DockAppointment): Promise<void> =>
  store.saveAppointment(ctx.tx, {
    ...now,
    version: now.version + 1,
    supplierId: despatch.supplierId,
    plantCode: despatch.plantCode,
    setBy: found('user', ctx.actor.userId),
    setAt: ctx.now,
  });

const tell = (
  ctx: Ctx,
  of: { despatch: DespatchAdvice; before: DockAppointment | undefined; now: DockAppointment; action: string },
): Promise<string> =>
  record(ctx, {
    action: of.action,
    subject: { type: 'despatch_advice', id: of.despatch.id },
    supplierId: of.despatch.supplierId,
    reason: of.now.note || null,
    changes: {
      reference: of.despatch.reference,
      orderId: of.despatch.orderId,
      dock: of.now.state,
      startsAt: of.now.startsAt.toISOString(),
      endsAt: of.now.endsAt.toISOString(),
      before: of.before?.startsAt.toISOString() ?? null,
      note: of.now.note,
    },
  });
