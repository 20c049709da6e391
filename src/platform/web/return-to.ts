import type { Request, Response } from 'express';
import { readCookie } from './cookies.ts';

const COOKIE = 'portico-return-to';
const LASTS_MS = 30 * 60_000;

/**
 * Keeps the page a visitor asked for in its own browser, so that asking costs the database nothing. What comes
 * back is as untrusted as any address: `takeReturnTo` checks it.
 */
export function rememberReturnTo(req: Request, res: Response): void {
  if (!isOwnPath(req.originalUrl)) return;
  res.cookie(COOKIE, req.originalUrl, {
    maxAge: LASTS_MS,
    httpOnly: true,
    sameSite: 'lax',
    secure: req.secure,
    path: '/',
  });
}

/** Where the visitor wanted to go before signing in; said once. A link from a mail says it in the session. */
export function takeReturnTo(req: Request, res: Response): string {
  const wanted = req.session.returnTo ?? readCookie(req, COOKIE);
  delete req.session.returnTo;
  if (readCookie(req, COOKIE) !== null) res.clearCookie(COOKIE, { path: '/' });
  return wanted !== null && isOwnPath(wanted) ? wanted : '/';
}

/** A path of ours, and nothing a browser could read as another host's address. */
export const isOwnPath = (value: string): boolean =>
  value.length <= 500 && /^\/(?![/\\])[\x21-\x7e]*$/.test(value) && !value.includes('\\');
