import { randomBytes } from 'node:crypto';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { AppError, type ErrorKind } from '../../kernel/errors.ts';
import { type Catalogue, locales } from '../i18n/catalogue.ts';
import { messageOf } from './page-words.ts';
import type { WebDeps } from './web.ts';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  'not-found': 404,
  forbidden: 403,
  conflict: 409,
  'rule-broken': 422,
};

/** What is not routed does not exist. */
export const noSuchPage: RequestHandler = () => {
  throw new AppError('not-found', 'page.not-found', 'No such page');
};

/** The one place that turns an error into an answer. An unexpected one gets a number that the log has too. */
export function errorPage(
  web: Pick<WebDeps, 'showPage'>,
  catalogue: Catalogue,
  logError: (entry: { reference: string; requestId: string; error: unknown }) => void,
): ErrorRequestHandler {
  return async (error, req, res, next) => {
    if (res.headersSent) return next(error);
    req.locale ??= locales[0];
    const known = asAppError(error);
    const t = catalogue.translator(req.locale);
    if (known !== null) {
      const message =
        known.kind === 'not-found' ? t('errors.page.not-found') : messageOf(catalogue, req.locale, known);
      res.status(STATUS[known.kind]);
      const code = known.kind === 'not-found' ? 'page.not-found' : known.code;
      // A module of a page asks for nothing else, and shows it where it stands.
      if (req.accepts(['html', 'json']) === 'json') return void res.json({ code, message });
      return web.showPage(res, 'shared/error', {
        title: t(`error-page.${known.kind}`),
        message,
        code,
        reference: null,
      });
    }
    const reference = randomBytes(5).toString('hex').toUpperCase();
    logError({ reference, requestId: req.requestId, error });
    res.status(500);
    return web.showPage(res, 'shared/error', {
      title: t('error-page.crash'),
      message: t('error-page.crash-explained'),
      code: 'crash',
      reference,
    });
  };
}

/** Body parsers say what is wrong with a status of their own. */
function asAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (typeof error !== 'object' || error === null || !('status' in error)) return null;
  if (error.status === 413) return new AppError('invalid', 'form.too-large', 'The form is too large');
  if (error.status === 400) return new AppError('invalid', 'form.malformed', 'The request could not be read');
  return null;
}
