import type { Actor } from '../../kernel/actor.ts';
import type { Limit } from '../../kernel/limit.ts';
import { type SessionLimits, sessionLimits } from '../session.ts';
import { type Purpose, type PurposeName, purposeOf } from './purpose.ts';

/** A link in a mail: one purpose, one document, one recipient. */
export type SignedLink = {
  readonly id: string;
  readonly purpose: PurposeName;
  readonly subjectId: string;
  readonly reference: string;
  readonly userId: string;
  readonly supplierId: string;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly revokedWhy: RevokedWhy | null;
  readonly firstUsedAt: Date | null;
};
export const revokedWhys = ['by-contact', 'deactivated', 'document-over', 'wrong-codes'] as const;
export type RevokedWhy = (typeof revokedWhys)[number];

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A browser that came by a link: no longer unused than one that signed in, and two hours at most. */
export const linkSessionLimits: SessionLimits = {
  idleMs: sessionLimits.supplier.idleMs,
  absoluteMs: 120 * MINUTE_MS,
};

/** Until when such a link works: as long as its purpose lasts, and not past the end that the document has itself. */
export const linkEndsAt = (purpose: Purpose, of: { now: Date; endsAt: Date | null }): Date => {
  const atMost = new Date(of.now.getTime() + purpose.lastsDays * DAY_MS);
  return of.endsAt !== null && of.endsAt < atMost ? of.endsAt : atMost;
};

/** A link works until, and not at, its end, and not once it was stopped. */
export const isUsable = (link: Pick<SignedLink, 'expiresAt' | 'revokedAt'> | undefined, now: Date): boolean =>
  link !== undefined && link.revokedAt === null && now.getTime() < link.expiresAt.getTime();

/** What a link's browser may do; null for a purpose that no release knows any more. */
export function limitOf(link: Pick<SignedLink, 'id' | 'purpose' | 'subjectId' | 'reference'>): Limit | null {
  const purpose = purposeOf(link.purpose);
  if (purpose === null) return null;
  return {
    linkId: link.id,
    purpose: link.purpose,
    subject: { type: purpose.subjectType, id: link.subjectId },
    reference: link.reference,
    permissions: purpose.permissions,
    acts: purpose.acts,
    confirmedAct: null,
  };
}

/** The same actor, who has given a one-time code for this one act. */
export const withConfirmed = (actor: Actor, act: string): Actor =>
  actor.limitedTo === undefined ? actor : { ...actor, limitedTo: { ...actor.limitedTo, confirmedAct: act } };

/** 256 random bits, as our tokens are written: what looks otherwise is none of ours. */
export const isToken = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{43}$/.test(value);
