import type { Request, Response } from 'express';
import { readCookie } from './cookies.ts';

const COOKIE = 'portico-notices';
const KEY = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;
const MOST = 5;

/**
 * Has the next page say a sentence of the catalogue, once. The keys wait in the browser: in the session they would
 * cost two durable writes, one to keep them and one to forget them, for each act.
 */
export function sayOnNextPage(req: Request, res: Response, key: string): void {
  const keys = [...(res.locals.nextNotices ?? waiting(req)), key].slice(-MOST);
  res.locals.nextNotices = keys;
  res.cookie(COOKIE, keys.join('~'), { httpOnly: true, sameSite: 'lax', secure: req.secure, path: '/' });
}

/** What an earlier act wanted said; it is said now. Only keys: what the browser sends is as untrusted as any text. */
export function takeNotices(req: Request, res: Response): readonly string[] {
  const keys = waiting(req);
  if (keys.length > 0 && !res.headersSent) res.clearCookie(COOKIE, { path: '/' });
  return keys;
}

const waiting = (req: Request): string[] =>
  (readCookie(req, COOKIE) ?? '')
    .split('~')
    .filter((key) => KEY.test(key))
    .slice(-MOST);
