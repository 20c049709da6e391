import type { Actor } from '../../src/kernel/actor.ts';
import { addDays, type Day, dayIn, instantAt } from '../../src/kernel/time.ts';
import type { Ctx } from '../../src/platform/db/context.ts';

/** Ids by name, as one step leaves them for later ones. */
export type Facts = Readonly<Record<string, string>>;

/** What a step acts with. */
export type Stage = {
  /** The step's transaction, in the name of this actor. */
  as(actor: Actor): Ctx;
  staff(nameId: string): Actor;
  /** The one who answers for this supplier. */
  contactOf(supplierId: string): Actor;
  /** What an earlier step left under this name; a name nobody left is a program error. */
  fact(name: string): string;
};

/** Something that people did at one moment: one transaction, done once. */
export type Step = {
  readonly key: string;
  readonly at: Date;
  act(stage: Stage): Promise<Facts | undefined>;
};

/** The demonstration's calendar: days are counted back from the day on which it is loaded. */
export type Calendar = {
  readonly today: Day;
  /** Negative for days to come. */
  day(daysAgo: number): Day;
  at(daysAgo: number, wallClock: string): Date;
};

/** Days and times as they are in the company's zone. */
export function makeCalendar(loadedAt: Date, timeZone: string): Calendar {
  const today = dayIn(loadedAt, timeZone);
  const day = (daysAgo: number): Day => addDays(today, -daysAgo);
  return {
    today,
    day,
    at: (daysAgo, wallClock) => instantAt(`${day(daysAgo)}T${wallClock}`, timeZone),
  };
}
