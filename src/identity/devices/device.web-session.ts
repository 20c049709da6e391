import type { Request, Response } from 'express';
import { system } from '../../kernel/actor.ts';
import type { Locale } from '../../platform/i18n/catalogue.ts';
import { readCookie } from '../../platform/web/cookies.ts';
import type { WebDeps } from '../../platform/web/web.ts';
import { deviceOf } from '../device.ts';
import { changePreferences } from '../identity.service.ts';
import { asLocale, type SignInMethod } from '../user.ts';
import { type LastSignIn, noteDevice } from './devices.service.ts';

declare module 'express-session' {
  interface SessionData {
    /** The sign-in before this one, for its owner to see whether it was somebody else. */
    lastSignIn: LastSignIn;
  }
}

const NOTING = 'identity/note-device';
/** Longer than browsers keep any cookie. */
const LASTS_MS = 400 * 24 * 60 * 60_000;

const CHOSEN = 'portico-locale-chosen';
const CHOICE_LASTS_MS = 30 * 60_000;

/** A visitor chose a language: whoever signs in in this browser soon meant it, and its account takes it on. */
export const noteChosenLocale = (req: Request, res: Response, locale: Locale): void =>
  void res.cookie(CHOSEN, locale, {
    maxAge: CHOICE_LASTS_MS,
    httpOnly: true,
    sameSite: 'lax',
    secure: req.secure,
    path: '/',
  });

async function keepChosenLocale(
  req: Request,
  res: Response,
  of: { web: Pick<WebDeps, 'runInTx'>; userId: string },
): Promise<void> {
  const chosen = asLocale(readCookie(req, CHOSEN));
  if (chosen === null) return;
  res.clearCookie(CHOSEN, { path: '/' });
  await of.web.runInTx({ actor: system(NOTING), requestId: req.requestId }, (ctx) =>
    changePreferences(ctx, of.userId, { locale: chosen }),
  );
}

/** After a sign-in: notes the browser, marks it as known, and keeps what is shown of the sign-in before. */
export async function welcome(
  req: Request,
  res: Response,
  of: { web: Pick<WebDeps, 'runInTx' | 'origin'>; userId: string; method: SignInMethod },
): Promise<void> {
  const secure = of.web.origin.startsWith('https:');
  const name = secure ? '__Host-portico-device' : 'portico-device';
  const { cookie, lastSignIn } = await of.web.runInTx(
    { actor: system(NOTING), requestId: req.requestId },
    (ctx) =>
      noteDevice(ctx, {
        userId: of.userId,
        method: of.method,
        cookie: readCookie(req, name),
        device: deviceOf(req.get('user-agent') ?? ''),
      }),
  );
  req.session.lastSignIn = lastSignIn;
  await keepChosenLocale(req, res, of);
  res.cookie(name, cookie, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: LASTS_MS });
}
