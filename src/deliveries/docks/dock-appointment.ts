import { ruleBroken } from '../../kernel/errors.ts';
import { defineLifecycle } from '../../kernel/lifecycle.ts';
import type { DockHours } from '../../kernel/policies.ts';
import { type Day, dayIn, instantAt } from '../../kernel/time.ts';
import { type Calendar, isWorkingDay } from '../../kernel/working-days.ts';

/** The supplier proposes a time, and can propose another; the plant confirms it, or moves it to one that suits. */
export const dockAppointmentLifecycle = defineLifecycle('dock_appointment', 'proposed', {
  proposed: { propose: 'proposed', confirm: 'confirmed', move: 'moved' },
  confirmed: { propose: 'proposed', move: 'moved' },
  moved: { propose: 'proposed', move: 'moved' },
});
export type DockState = (typeof dockAppointmentLifecycle.states)[number];

/** When a delivery has a dock at its plant. */
export type DockAppointment = {
  readonly id: string;
  readonly despatchId: string;
  readonly state: DockState;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** What the plant says to a moved one, or the supplier to its proposal. */
  readonly note: string;
  readonly version: number;
};

/** A time at the docks of a plant. */
export type Slot = { readonly startsAt: Date; readonly endsAt: Date };

/** Where and when a plant takes deliveries. */
export type DockTable = { readonly hours: DockHours; readonly timeZone: string; readonly calendar: Calendar };

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const clockOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** The slots of a day: whole ones within the opening hours, by the plant's clock; none on a day nobody works. */
export function slotsOn(day: Day, { hours, timeZone, calendar }: DockTable): Slot[] {
  if (!isWorkingDay(day, calendar)) return [];
  const closes = minutesOf(hours.closesAt);
  const slots: Slot[] = [];
  for (let at = minutesOf(hours.opensAt); at + hours.slotMinutes <= closes; at += hours.slotMinutes) {
    const startsAt = instantAt(`${day}T${clockOf(at)}`, timeZone);
    slots.push({ startsAt, endsAt: new Date(startsAt.getTime() + hours.slotMinutes * 60_000) });
  }
  return slots;
}

const DAYS_AHEAD = 90;
const DAY_MS = 86_400_000;

/**
 * The slot that begins at this instant, if it can be taken: one of the plant's, not begun, and not before the goods
 * are despatched.
 * @throws AppError `dock_appointment.slot-is-none`, `dock_appointment.slot-has-begun`,
 * `dock_appointment.before-despatch`, `dock_appointment.too-far-ahead`
 */
export function slotAt(startsAt: Date, of: { table: DockTable; now: Date; despatchedOn: Day }): Slot {
  const day = dayIn(startsAt, of.table.timeZone);
  const slot = slotsOn(day, of.table).find((one) => one.startsAt.getTime() === startsAt.getTime());
  if (slot === undefined) throw ruleBroken('dock_appointment.slot-is-none', 'The plant has no such slot');
  if (startsAt <= of.now) throw ruleBroken('dock_appointment.slot-has-begun', 'This slot has begun');
  if (day < of.despatchedOn)
    throw ruleBroken('dock_appointment.before-despatch', 'Before the goods are despatched', {
      day: of.despatchedOn,
    });
  if (startsAt.getTime() - of.now.getTime() > DAYS_AHEAD * DAY_MS)
    throw ruleBroken('dock_appointment.too-far-ahead', 'Too far ahead', { days: DAYS_AHEAD });
  return slot;
}
