import type { Actor } from '../kernel/actor.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Act } from './act.ts';

/** Acts about the link itself, which every link leaves; and having looked at something. */
const ALWAYS = /^signed_link\.|\.(?:viewed|seen|read|downloaded)$/;

/**
 * The acts as somebody who came by a link leaves them: each names the link. Every act of a person passes here, so
 * this holds whatever page it comes from: what the link is not for is not done, and what binds is not done before
 * a one-time code was given for it.
 * @throws AppError `page.not-found`, `signed-link.needs-code` with the act
 */
export function withinLimit(actor: Actor, acts: readonly Act[]): readonly Act[] {
  const limit = actor.limitedTo;
  if (limit === undefined) return acts;
  return acts.map((act) => {
    const asks = ALWAYS.test(act.action) ? 'free' : ownEntry(limit.acts, act.action);
    if (asks === undefined) throw notFound('page');
    if (asks === 'code' && limit.confirmedAct !== act.action)
      // Of a kind that no form catches: the one place that asks for codes answers it.
      throw new AppError('forbidden', 'signed-link.needs-code', 'This needs a one-time code', {
        params: { act: act.action },
      });
    return { ...act, changes: { ...act.changes, signedLinkId: limit.linkId } };
  });
}

const ownEntry = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
