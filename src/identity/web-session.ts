import { randomBytes } from 'node:crypto';
import connectPgSimple from 'connect-pg-simple';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import type { Pool } from 'pg';
import { type KeyRing, sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Database } from '../platform/db/database.ts';
import { namedOnce } from '../platform/db/statements.ts';
import { newToken } from '../platform/web/cross-site.ts';
import { deviceOf } from './device.ts';
import { sessionLimits } from './session.ts';
import { makeFindSession, passOnUser } from './session-user.ts';
import type { SignInMethod } from './user.ts';

declare module 'express-session' {
  interface SessionData {
    /** When its user last made a request, to the minute. */
    seenAt: string;
    /** How its user proved who it is. */
    signedInBy: SignInMethod;
    /** Who has given a right password or link in this browser, and must give a code before it is in. */
    firstStep: { userId: string; by: 'link' | 'password'; at: string };
    /** A second factor must be set up before anything else. */
    mustSetUp: boolean;
    /** What a passkey must answer, and until when: once. */
    passkeyChallenge: { challenge: string; at: string };
    /** New recovery codes, sealed, until they have been shown. */
    recoveryCodes: string;
    /** The browser and system it was opened from, for the user to know it by. */
    device: string;
    /** SAML requests that this browser started and that are not answered yet; the newest last. */
    samlRequestIds: string[];
    /** How the identity provider knows this sign-in: what a single logout must name. */
    samlSession: {
      nameId: string;
      nameIdFormat: string;
      sessionIndex: string | null;
    };
    /** Where this browser can end its session at the identity provider as well. */
    singleLogoutUrl: string;
  }
}

export type SessionSettings = {
  readonly db: Database;
  readonly keyRing: KeyRing;
  /** True wherever people reach us by https. */
  readonly secureCookies: boolean;
  /** SQL that counts what a user has not read yet: it is read with the session. */
  unreadCountSql(userId: string): string;
  /**
   * Paths that get an empty session that is never stored: the identity provider posts there from its own
   * site, without our cookie, and a new cookie in the answer would overwrite the one the browser has.
   */
  readonly sessionless?: readonly string[];
};

/** Sessions in PostgreSQL. The browser holds 256 random bits; the table only their SHA-256. */
export function sessions(settings: SessionSettings): RequestHandler {
  const handle = session({
    name: settings.secureCookies ? '__Host-portico' : 'portico',
    store: hashedStore(settings),
    secret: settings.keyRing.fingerprint('session cookie'),
    genid: () => randomBytes(32).toString('base64url'),
    resave: false,
    saveUninitialized: false,
    cookie: {
      httpOnly: true,
      sameSite: 'lax',
      secure: settings.secureCookies,
      path: '/',
    },
  });
  const sessionless = new Set(settings.sessionless ?? ['/saml/acs']);
  return (req, res, next) => {
    if (!sessionless.has(req.path))
      return handle(req, res, (error?: unknown) => {
        if (error === undefined) storeBeforeRedirect(req, res, next);
        next(error);
      });
    req.session = {} as Request['session'];
    next();
  };
}

/**
 * express-session sends the head of an answer before it has stored the session. A browser follows a redirect by
 * its head alone, and its next request could find the session as it was: not signed in yet.
 * A session that has not changed is not stored again: most acts change nothing in it.
 */
function storeBeforeRedirect(req: Request, res: Response, next: NextFunction): void {
  const redirect = res.redirect.bind(res) as (...to: unknown[]) => void;
  const asLoaded = JSON.stringify(req.session);
  const { sessionID } = req;
  res.redirect = (...to: unknown[]): void => {
    if (req.sessionID === sessionID && JSON.stringify(req.session) === asLoaded) redirect(...to);
    else req.session.save((error: unknown) => (error ? next(error) : redirect(...to)));
  };
}

/** connect-pg-simple on the application's own pool, given only the hash of each session's id. */
function hashedStore({ db, unreadCountSql }: SessionSettings): session.Store {
  const Store = connectPgSimple(session);
  const names = new Map<string, string>();
  const query = async (text: string, values: unknown[]): Promise<{ rows: unknown[] }> => {
    const name = names.get(text) ?? `web_session.${sha256Hex(text).slice(0, 12)}`;
    names.set(text, name);
    return { rows: await namedOnce(db, { name, text, values }) };
  };
  const store = new Store({
    pool: { query } as unknown as Pool,
    tableName: 'web_session',
    // Idle time is ours to judge (`seenAt`), so that most requests write nothing; this only bounds the row's life.
    ttl: sessionLimits.staff.absoluteMs / 1000,
    disableTouch: true,
    pruneSessionInterval: false,
  });
  const [set, destroy] = [store.set.bind(store), store.destroy.bind(store)];
  const createSession = store.createSession.bind(store);
  store.get = (sid, done) => {
    void answerWith<session.SessionData | null>(
      find(db, sha256Hex(sid)).then((found) => found ?? null),
      done,
    );
  };
  const find = makeFindSession(unreadCountSql('u.id'));
  store.createSession = (req, read) => {
    passOnUser(req, read);
    return createSession(req, read);
  };
  store.set = (sid, data, done) => set(sha256Hex(sid), data, done);
  store.destroy = (sid, done) => destroy(sha256Hex(sid), done);
  return store;
}

/** express-session asks by callback. */
async function answerWith<T>(
  answer: Promise<T>,
  done: (error: unknown, found?: T | null) => void,
): Promise<void> {
  let found: T;
  try {
    found = await answer;
  } catch (error) {
    return done(error);
  }
  done(null, found);
}

/** A new session under a new id; the old one is gone. Where to go stays. */
export async function renewSession(req: Request): Promise<void> {
  const { returnTo } = req.session;
  await new Promise<void>((resolve, reject) => {
    req.session.regenerate((error: unknown) => (error ? reject(error) : resolve()));
  });
  if (returnTo !== undefined) req.session.returnTo = returnTo;
}

/** Binds the browser to a user, under a new session id: an id known before the sign-in opens nothing. */
export async function startSession(
  req: Request,
  of: { userId: string; at: Date; by: SignInMethod },
): Promise<void> {
  await renewSession(req);
  req.session.userId = of.userId;
  req.session.csrfToken = newToken();
  req.session.signedInBy = of.by;
  req.session.device = deviceOf(req.get('user-agent') ?? '');
  req.session.signedInAt = of.at.toISOString();
  req.session.seenAt = of.at.toISOString();
}
