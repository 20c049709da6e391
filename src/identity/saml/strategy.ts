import { randomBytes } from 'node:crypto';
import { type SamlConfig, Strategy, type VerifyWithoutRequest } from '@node-saml/passport-saml';
import type { Request, RequestHandler, Response } from 'express';
import passport from 'passport';
import { visitorOf, type WebDeps } from '../../platform/web/web.ts';
import { refusalOf, refuse } from './refuse.ts';
import { requestCache } from './saml.store.ts';
import { libraryOptions, type SamlSettings } from './settings.ts';

/** Several tabs may begin a sign-in; the oldest is forgotten first. */
const MOST_BEGUN = 5;

/** Single sign-on by passport. It opens no session of its own: the portal has one. */
export type SingleSignOn = {
  /** Sends the browser to the identity provider, and remembers in its session what it asked. */
  begin(req: Request, res: Response): Promise<void>;
  /** The same for somebody who is in, and must prove anew who it is: the provider is told to ask (ForceAuthn). */
  beginProof(req: Request, res: Response, onwards: string): Promise<void>;
  /**
   * The library's verdict on a posted response: signatures, times, audience, and that we asked. Gives the
   * assertion's signed bytes.
   * @throws AppError `sign-in.response-refused` with `reason`
   */
  verify(req: Request, res: Response, samlResponse: string): Promise<string>;
};

/** Single sign-on at this identity provider. */
export function makeSingleSignOn(web: Pick<WebDeps, 'runInTx'>, settings: SamlSettings): SingleSignOn {
  const authenticate = (by: Strategy, callback?: passport.AuthenticateCallback): RequestHandler =>
    // Its types are those of Express 4; it is a strategy like any other.
    passport.authenticate(by as unknown as passport.Strategy, SESSIONLESS, callback);
  const send = (req: Request, res: Response, by: Strategy): Promise<void> =>
    new Promise((resolve, reject) => {
      res.once('close', resolve);
      authenticate(by)(only(req, {}), res, reject);
    });
  return {
    begin: (req, res) => send(req, res, strategyFor(web, settings, req)),
    beginProof: (req, res, onwards) =>
      send(
        req,
        res,
        strategyFor(web, settings, req, {
          forceAuthn: true,
          generateUniqueId: () => {
            const requestId = rememberRequest(req);
            req.session.proving = [...(req.session.proving ?? []), { requestId, onwards }].slice(-MOST_BEGUN);
            return requestId;
          },
        }),
      ),
    verify: async (req, res, samlResponse) => {
      const signedXml = await new Promise<string>((resolve, reject) => {
        authenticate(strategyFor(web, settings, req), (error, verified) =>
          error ? reject(refusalOf(error)) : resolve((verified as Verified).signedXml),
        )(only(req, { SAMLResponse: samlResponse }), res, reject);
      });
      return signedXml === '' ? refuse('no-assertion') : signedXml;
    },
  };
}

const SESSIONLESS = { session: false } as const;
type Verified = { readonly signedXml: string };
const verify: VerifyWithoutRequest = (profile, done) =>
  done(null, { signedXml: profile?.getAssertionXml?.() ?? '' } satisfies Verified);

/** A strategy for one request: what it asks is remembered with the browser that made it. */
function strategyFor(
  web: Pick<WebDeps, 'runInTx'>,
  settings: SamlSettings,
  req: Request,
  over: Partial<SamlConfig> = {},
): Strategy {
  const cache = requestCache((work) => web.runInTx(visitorOf(req), work));
  const options = {
    ...libraryOptions(settings),
    generateUniqueId: () => rememberRequest(req),
    // Using a request up is ours, in the transaction that accepts its answer: the library would also forget
    // the one that a refused response names, and so could be made to refuse the right one.
    cacheProvider: { ...cache, removeAsync: async () => null },
    ...over,
  };
  return new Strategy(options, verify, verify);
}

/**
 * The request with this body and no query: the strategy would as gladly take a response, or a logout, from the
 * address, which nothing of ours has checked.
 */
const only = (req: Request, body: object): Request =>
  Object.create(req, { query: { value: {} }, body: { value: body } });

/** A request of this browser under a new id: only its answer signs the browser in. */
function rememberRequest(req: Request): string {
  const requestId = `_${randomBytes(20).toString('hex')}`;
  req.session.samlRequestIds = [...(req.session.samlRequestIds ?? []), requestId].slice(-MOST_BEGUN);
  return requestId;
}
