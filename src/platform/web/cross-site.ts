import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { forbidden } from '../../kernel/errors.ts';
import { equalSecrets } from '../crypto/key-ring.ts';
import { readCookie } from './cookies.ts';
import { askToSignIn, isOfEndedSession } from './return-to.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export type CrossSiteSettings = {
  readonly origin: string;
  /** Paths that carry their own proof: the SAML assertion consumer. */
  readonly bypass: readonly string[];
  /** A keyed hash: what makes a visitor's token of its cookie. */
  fingerprint(secret: string): string;
};

/**
 * Refuses unsafe requests that another site made a browser send: by Sec-Fetch-Site, by Origin, and by a token
 * (body `_csrf`, header `x-csrf-token`, or query `_csrf` for multipart forms). The token is the session's own;
 * a visitor's is made of a random cookie, so that looking at pages stores nothing.
 */
export function refuseCrossSite(settings: CrossSiteSettings): RequestHandler {
  const own = new URL(settings.origin).origin;
  const visitorToken = makeVisitorToken(settings);
  return (req, res, next) => {
    const isBypassed = settings.bypass.includes(req.path);
    req.csrfToken = () => {
      // Nothing the browser holds came along there, and a new cookie would overwrite what it has.
      if (isBypassed) return '';
      if (req.session.userId === undefined) return visitorToken(req, res);
      req.session.csrfToken ??= newToken();
      return req.session.csrfToken;
    };
    if (SAFE.has(req.method) || isBypassed) return next();
    const site = req.get('sec-fetch-site');
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      throw forbidden('form.cross-site', 'The request came from another site');
    const origin = req.get('origin');
    if (origin !== undefined && origin !== own && origin !== 'null')
      throw forbidden('form.cross-site', 'The request came from another site');
    if (!equalSecrets(tokenOf(req), req.csrfToken())) {
      // Nothing is done either way: whoever was signed out while writing signs in and comes back to the page.
      if (isOfEndedSession(req)) return askToSignIn(req, res);
      throw forbidden('form.token-expired', 'The form is too old; reload the page and try again');
    }
    next();
  };
}

/** 192 random bits. */
export const newToken = (): string => randomBytes(24).toString('base64url');

/** Gives the visitor's token, and its cookie to a browser that has none. `__Host-` keeps subdomains from setting it. */
function makeVisitorToken({
  origin,
  fingerprint,
}: CrossSiteSettings): (req: Request, res: Response) => string {
  const secure = origin.startsWith('https:');
  const name = secure ? '__Host-portico-visitor' : 'portico-visitor';
  return (req, res) => {
    const visitor = readCookie(req, name) ?? String(res.locals['visitor'] ?? newToken());
    if (res.locals['visitor'] === undefined && readCookie(req, name) === null)
      res.cookie(name, visitor, { httpOnly: true, sameSite: 'lax', secure, path: '/' });
    res.locals['visitor'] = visitor;
    return fingerprint(`form token of visitor ${visitor}`);
  };
}

function tokenOf(req: Request): string {
  const body = req.body as { _csrf?: unknown } | undefined;
  const token = body?._csrf ?? req.get('x-csrf-token') ?? req.query['_csrf'];
  if (body !== undefined && typeof body === 'object') delete body._csrf;
  return typeof token === 'string' ? token : '';
}
