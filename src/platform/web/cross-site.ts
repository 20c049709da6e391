import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import { forbidden } from '../../kernel/errors.ts';
import { equalSecrets } from '../crypto/key-ring.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses unsafe requests that another site made a browser send: by Sec-Fetch-Site, by Origin, and by the
 * session's own token (body `_csrf`, header `x-csrf-token`, or query `_csrf` for multipart forms).
 * `bypass` lists paths that carry their own proof: the SAML assertion consumer.
 */
export function refuseCrossSite(settings: { origin: string; bypass: readonly string[] }): RequestHandler {
  const own = new URL(settings.origin).origin;
  return (req, _res, next) => {
    req.session.csrfToken ??= randomBytes(24).toString('base64url');
    if (SAFE.has(req.method) || settings.bypass.includes(req.path)) return next();
    const site = req.get('sec-fetch-site');
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      throw forbidden('form.cross-site', 'The request came from another site');
    const origin = req.get('origin');
    if (origin !== undefined && origin !== own && origin !== 'null')
      throw forbidden('form.cross-site', 'The request came from another site');
    if (!equalSecrets(tokenOf(req), req.session.csrfToken))
      throw forbidden('form.token-expired', 'The form is too old; reload the page and try again');
    next();
  };
}

function tokenOf(req: Parameters<RequestHandler>[0]): string {
  const body = req.body as { _csrf?: unknown } | undefined;
  const token = body?._csrf ?? req.get('x-csrf-token') ?? req.query['_csrf'];
  if (body !== undefined && typeof body === 'object') delete body._csrf;
  return typeof token === 'string' ? token : '';
}
