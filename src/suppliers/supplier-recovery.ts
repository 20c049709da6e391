import { type Actor, personsOf } from '../kernel/actor.ts';
import { ruleBroken } from '../kernel/errors.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';

/**
 * How a supplier that nobody can let people in for any more gets a new administrator: one member of staff asks,
 * another one decides, and the supplier's people may object meanwhile.
 */
export const supplierRecoveryLifecycle = defineLifecycle('supplier_recovery', 'requested', {
  requested: { approve: 'approved', object: 'objected', reject: 'rejected', withdraw: 'withdrawn' },
  approved: { complete: 'completed', object: 'objected', withdraw: 'withdrawn' },
  objected: { overrule: 'approved', reject: 'rejected', withdraw: 'withdrawn' },
  completed: {},
  rejected: {},
  withdrawn: {},
});
export type RecoveryState = (typeof supplierRecoveryLifecycle.states)[number];
export type RecoveryDecision = 'approve' | 'overrule' | 'reject';

export type SupplierRecovery = {
  readonly id: string;
  readonly supplierId: string;
  readonly state: RecoveryState;
  readonly reason: string;
  /** Whose place is taken: its account is closed. Null when nobody leaves. */
  readonly replacedContactId: string | null;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly locale: 'en' | 'zh-CN';
  readonly timeZone: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly objectionsUntil: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string | null;
  readonly objection: string | null;
  /** When an approved one is carried out. */
  readonly dueAt: Date | null;
};

const HOUR_MS = 60 * 60_000;
/** How long the supplier's people may object. */
export const OBJECTION_HOURS = 24;

/** Where nobody is left to object, nobody is waited for. */
export const objectionsUntil = (now: Date, of: { hasPeople: boolean }): Date =>
  new Date(now.getTime() + (of.hasPeople ? OBJECTION_HOURS * HOUR_MS : 0));

/** An approved recovery waits for the end of the time for objections; one whose objection was overruled does not. */
export const dueAt = (recovery: Pick<SupplierRecovery, 'objectionsUntil' | 'state'>, now: Date): Date =>
  recovery.state === 'objected' || recovery.objectionsUntil.getTime() <= now.getTime()
    ? now
    : recovery.objectionsUntil;

/** True from the instant it is due. */
export const isDue = (recovery: Pick<SupplierRecovery, 'state' | 'dueAt'>, now: Date): boolean =>
  recovery.state === 'approved' && recovery.dueAt !== null && recovery.dueAt.getTime() <= now.getTime();

/**
 * Two people: who asked does not decide, also not in somebody else's place.
 * @throws AppError `supplier_recovery.needs-a-second-person`
 */
export function assertSecondPerson(
  recovery: Pick<SupplierRecovery, 'requestedBy'>,
  actor: Pick<Actor, 'userId' | 'onBehalfOf'>,
): void {
  if (personsOf(actor).includes(recovery.requestedBy))
    throw ruleBroken('supplier_recovery.needs-a-second-person', 'Somebody else decides on this');
}

/**
 * The supplier's people object until, and not at, the end of the time for it.
 * @throws AppError `supplier_recovery.objection-too-late`
 */
export function assertObjectionInTime(recovery: Pick<SupplierRecovery, 'objectionsUntil'>, now: Date): void {
  if (now.getTime() >= recovery.objectionsUntil.getTime())
    throw ruleBroken('supplier_recovery.objection-too-late', 'The time for objections is over');
}
