import type { Request, Response } from 'express';
import { anonymous } from '../../kernel/actor.ts';
import type { Database } from '../../platform/db/database.ts';
import { readCookie } from '../../platform/web/cookies.ts';
import { sayOnNextPage } from '../../platform/web/notices.ts';
import { isOver } from '../session.ts';
import { asLocale, asTheme } from '../user.ts';
import { renewSession, startSession } from '../web-session.ts';
import { findLive } from './signed-link.store.ts';
import { limitOf, linkSessionLimits } from './signed-link.ts';

declare module 'express-session' {
  interface SessionData {
    /** The link its user came by; not set for whoever signed in. */
    signedLinkId: string;
  }
}

/** Binds the browser to a link's document, under a new session id. */
export async function startLinkSession(
  req: Request,
  of: { linkId: string; userId: string; at: Date },
): Promise<void> {
  await startSession(req, { userId: of.userId, at: of.at, by: 'signed-link' });
  req.session.signedLinkId = of.linkId;
}

/**
 * Limits the one who acts to the link it came by, as the link stands now. Once the link is over or was stopped the
 * browser is nobody's, from this request on. Language and colours are the browser's: the account's stay as they are.
 */
export async function attachLimit(
  req: Request,
  res: Response,
  { db, now }: { db: Database; now: Date },
): Promise<void> {
  const { signedLinkId, signedInAt, seenAt } = req.session;
  const { userId } = req.actor;
  if (signedLinkId === undefined || userId === null) return;
  const isSpent = isOver({ signedInAt, seenAt }, linkSessionLimits, now);
  const link = isSpent ? undefined : await findLive(db, { id: signedLinkId, userId, now });
  const limitedTo = link === undefined ? null : limitOf(link);
  if (limitedTo === null) {
    req.actor = anonymous;
    await renewSession(req);
    sayOnNextPage(req, res, 'signed-link.over');
    return;
  }
  req.actor = { ...req.actor, limitedTo };
  req.locale = asLocale(readCookie(req, 'portico-locale')) ?? req.locale;
  res.locals['theme'] = asTheme(readCookie(req, 'portico-theme')) ?? res.locals['theme'];
}
