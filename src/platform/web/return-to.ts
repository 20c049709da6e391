import type { Request, Response } from 'express';
import { readCookie } from './cookies.ts';

const COOKIE = 'portico-return-to';
const LASTS_MS = 30 * 60_000;

/**
 * Keeps the page a visitor asked for in its own browser, so that asking costs the database nothing. What comes
 * back is as untrusted as any address: `takeReturnTo` checks it.
 */
function rememberReturnTo(req: Request, res: Response): void {
  const wanted = req.method === 'GET' ? req.originalUrl : pageOfForm(req);
  if (!isOwnPath(wanted)) return;
  res.cookie(COOKIE, wanted, {
    maxAge: LASTS_MS,
    httpOnly: true,
    sameSite: 'lax',
    secure: req.secure,
    path: '/',
  });
}

/** Sends a visitor to the sign-in, and back to where it was afterwards. */
export function askToSignIn(req: Request, res: Response): void {
  rememberReturnTo(req, res);
  res.redirect(303, '/sign-in');
}

/** Did a page of ours post this whose session has ended since? The sign-in's own pages are everybody's. */
export function isOfEndedSession(req: Request): boolean {
  const from = pageOfForm(req);
  return req.session.userId === undefined && isOwnPath(from) && !from.startsWith('/sign-in');
}

/** A form whose session ran out comes from a page of ours: that one is shown again, its act is not repeated. */
function pageOfForm(req: Request): string {
  const from = URL.parse(req.get('referer') ?? '');
  return from === null || from.host !== req.get('host') ? '' : from.pathname + from.search;
}

/** Where the visitor wanted to go before signing in; said once. A link from a mail says it in the session. */
export function takeReturnTo(req: Request, res: Response): string {
  const wanted = req.session.returnTo ?? readCookie(req, COOKIE);
  delete req.session.returnTo;
  if (readCookie(req, COOKIE) !== null) res.clearCookie(COOKIE, { path: '/' });
  return wanted !== null && isOwnPath(wanted) ? wanted : '/';
}

/** The page a visitor asked for, while it has not signed in yet: a mail that lets it in leads there. */
export function wantedBefore(req: Request): string | null {
  const wanted = req.session.returnTo ?? readCookie(req, COOKIE);
  return wanted !== null && isOwnPath(wanted) && wanted !== '/' ? wanted : null;
}

/** A path of ours, and nothing a browser could read as another host's address. */
export const isOwnPath = (value: string): boolean =>
  value.length <= 500 && /^\/(?![/\\])[\x21-\x7e]*$/.test(value) && !value.includes('\\');
