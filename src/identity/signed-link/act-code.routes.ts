import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { AppError, found } from '../../kernel/errors.ts';
import type { Limit } from '../../kernel/limit.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { findAccount } from '../identity.service.ts';
import { requestCode, tryCode } from './act-code.service.ts';
import { CODE_LASTS_MS, contentOf, type FormField, fieldsOf } from './act-code.ts';
import { withConfirmed } from './signed-link.ts';

// What the page that asks for a code adds to the form it was asked for.
const CODE = 'oneTimeCode';
const CODE_ID = 'oneTimeCodeId';
const AGAIN = 'sendCodeAgain';

declare global {
  namespace Express {
    interface Locals {
      /** The one-time code that was typed with this request, and why it did not count. */
      typedCode: { readonly id: string; readonly error: AppError | null };
      asksForCodeAgain: boolean;
    }
  }
}

/**
 * Takes a one-time code out of a form before its route reads it. A right one lets the one act through that it was
 * asked for, with exactly what was typed then; a wrong one asks again. Everything else of the form stays.
 */
export const takeActCode =
  (web: WebDeps): RequestHandler =>
  async (req, res, next) => {
    const limit = req.actor.limitedTo;
    if (limit === undefined || req.method !== 'POST' || typeof req.body !== 'object') return next();
    const typed = take(req, CODE);
    const codeId = take(req, CODE_ID);
    res.locals.asksForCodeAgain = take(req, AGAIN) !== null;
    if (typed === null || codeId === null || res.locals.asksForCodeAgain) return next();
    const tried = await web.runInTx(whoOf(req), (ctx) =>
      tryCode(ctx, { codeId, linkId: limit.linkId, content: contentOf(req.path, fieldsOf(req.body)), typed }),
    );
    if (tried.result === 'of-something-else') return next();
    if (tried.result === 'right') {
      req.actor = withConfirmed(req.actor, tried.act);
      return next();
    }
    await showCodePage(web, req, res, {
      limit,
      act: tried.act,
      codeId,
      error: codeError(tried.result === 'wrong' ? 'signed-link.code-is-wrong' : 'signed-link.code-is-over'),
    });
  };

/**
 * Answers an act that binds and was not confirmed: mails a code, and shows the page that takes it. All rules of
 * the act have held by then, and nothing of it was stored.
 */
export const askForActCode =
  (web: WebDeps): ErrorRequestHandler =>
  async (error: unknown, req, res, next) => {
    const limit = req.actor?.limitedTo;
    if (!(error instanceof AppError) || error.code !== 'signed-link.needs-code' || limit === undefined)
      return next(error);
    const act = String(error.params['act']);
    const content = contentOf(req.path, fieldsOf(req.body));
    const again = res.locals.asksForCodeAgain;
    let shown: { codeId: string | null; error: AppError | null };
    try {
      const code = await web.runInTx(whoOf(req), (ctx) =>
        requestCode(ctx, { linkId: limit.linkId, act, content, again }),
      );
      shown = { codeId: code.id, error: null };
    } catch (refusal) {
      if (!(refusal instanceof AppError) || refusal.kind !== 'rule-broken') throw refusal;
      const last =
        refusal.code === 'signed-link.code-just-sent'
          ? await web.runInTx(whoOf(req), (ctx) =>
              requestCode(ctx, { linkId: limit.linkId, act, content, again: false }),
            )
          : null;
      shown = { codeId: last?.id ?? null, error: refusal };
    }
    await showCodePage(web, req, res, { limit, act, ...shown });
  };

const SHOWN_AT_MOST = 12;

async function showCodePage(
  web: WebDeps,
  req: Request,
  res: Response,
  of: { limit: Limit; act: string; codeId: string | null; error: AppError | null },
): Promise<void> {
  const { limit, act, codeId, error } = of;
  const user = await web.runInTx(whoOf(req), async (ctx) =>
    found('user', await findAccount(ctx, req.actor.userId ?? '')),
  );
  const fields = fieldsOf(req.body);
  if (error !== null) {
    res.locals.refusal = error;
    res.locals.fieldErrors = error.fields;
  }
  res.status(422);
  res.set('Cache-Control', 'no-store');
  await web.showPage(res, 'signed-link/code', {
    titleKey: 'signed-link.code.title',
    act,
    reference: limit.reference,
    name: user.name,
    address: veiled(user.email),
    minutes: CODE_LASTS_MS / 60_000,
    action: req.path,
    backTo: req.path.replace(/\/[^/]+$/, ''),
    codeId,
    fields,
    shownFields: fields.filter(isSaid).slice(0, SHOWN_AT_MOST),
    moreCount: Math.max(0, fields.filter(isSaid).length - SHOWN_AT_MOST),
  });
}

/** What a person typed, as against what its page carried along. */
const isSaid = ({ name, value }: FormField): boolean =>
  value.trim() !== '' && !['version', 'answer'].includes(name);

/** Enough of an address to know one's own by. */
export const veiled = (email: string): string => email.replace(/^(.).*(?=@)/, '$1•••');

const codeError = (code: string): AppError =>
  new AppError('rule-broken', code, 'The code does not count', {
    fields: [{ path: CODE, code, message: code }],
  });

function take(req: Request, name: string): string | null {
  const body = req.body as Record<string, unknown>;
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  delete body[name];
  return typeof value === 'string' ? value : null;
}
