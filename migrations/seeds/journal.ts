import { actsOn, record } from '../../src/audit/index.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import type { Facts } from './step.ts';

// The record itself says how far the loading is: a step and its row are one transaction, so what is written
// there has happened, whole, and what is not has left no trace.
const SUBJECT = { type: 'demonstration', id: '00000000-0000-7000-8000-00000000de30' } as const;

/** How far the demonstration is. */
export type Journal = {
  /** When loading began: what "today" is until it ends. Null before that. */
  readonly begunAt: Date | null;
  readonly done: ReadonlySet<string>;
  readonly facts: Map<string, string>;
  readonly isComplete: boolean;
};

export async function readJournal(ctx: Ctx): Promise<Journal> {
  const acts = await actsOn(ctx, SUBJECT);
  const steps = acts.filter((act) => act.action === 'demonstration.step-done');
  const begun = acts.find((act) => act.action === 'demonstration.begun');
  return {
    begunAt: begun?.at ?? null,
    done: new Set(steps.map((act) => String(act.changes['step']))),
    facts: new Map(steps.flatMap((act) => Object.entries(act.changes['facts'] as Facts))),
    isComplete: acts.some((act) => act.action === 'demonstration.loaded'),
  };
}

export const noteBegun = (ctx: Ctx): Promise<string> =>
  record(ctx, { action: 'demonstration.begun', subject: SUBJECT });

export const noteStep = (ctx: Ctx, step: string, facts: Facts): Promise<string> =>
  record(ctx, { action: 'demonstration.step-done', subject: SUBJECT, changes: { step, facts } });

/** Written last. */
export const noteLoaded = (ctx: Ctx, stepCount: number): Promise<string> =>
  record(ctx, { action: 'demonstration.loaded', subject: SUBJECT, changes: { stepCount } });
