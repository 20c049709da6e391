import type { Request, RequestHandler } from 'express';
import { anonymous } from '../kernel/actor.ts';
import { type Locale, locales } from '../platform/i18n/catalogue.ts';
import { readCookie } from '../platform/web/cookies.ts';
import { asLocale, asTheme, asTimeZone } from './user.ts';

/**
 * Takes whoever asks for a visitor, in the language, zone and theme of its browser, until its session says more.
 * It stands before everything that can fail, so that the page of an error has words and a reader.
 */
export function attachVisitor(settings: { readonly timeZone: string }): RequestHandler {
  return (req, res, next) => {
    req.actor = anonymous;
    req.hasFreshProof = false;
    req.locale = asLocale(readCookie(req, 'portico-locale')) ?? preferredLocale(req);
    req.timeZone = asTimeZone(readCookie(req, 'portico-time-zone')) ?? settings.timeZone;
    res.locals['theme'] = asTheme(readCookie(req, 'portico-theme')) ?? 'auto';
    next();
  };
}

/** The browser's first language that we speak: any Chinese is answered in ours. */
function preferredLocale(req: Request): Locale {
  for (const language of req.acceptsLanguages()) {
    if (/^zh\b/i.test(language)) return 'zh-CN';
    if (/^en\b/i.test(language)) return 'en';
  }
  return locales[0];
}
