import type { Request, RequestHandler, Response } from 'express';
import { found, ruleBroken } from '../kernel/errors.ts';
import type { Database } from '../platform/db/database.ts';
import { parseForm } from '../platform/web/params.ts';
import { takeReturnTo } from '../platform/web/return-to.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { visitorOf, type WebDeps, whoOf } from '../platform/web/web.ts';
import { addDelegationRoutes } from './delegation/delegation.routes.ts';
import type { DevelopmentIdentityProvider } from './development-idp/development-idp.ts';
import { noteChosenLocale, welcome } from './devices/device.web-session.ts';
import { isPasskeyOffered } from './devices/devices.service.ts';
import { passFirstStep, type SecondFactorPolicy } from './first-step.ts';
import { passwordForm, preferencesForm, signInForm } from './identity.forms.ts';
import { changePreferences, findAccount, signOut } from './identity.service.ts';
import { addNewLinkRoutes } from './new-link.routes.ts';
import { assertGoodPassword, hashPassword, isPassword } from './password.ts';
import { findPasswordHash, findPasswordOfAddress, setPassword } from './passwords.service.ts';
import { notingFailure } from './people/sign-in-failures.service.ts';
import { addSamlRoutes } from './saml/saml.routes.ts';
import { assertSamlSettings, type SamlSettings } from './saml/settings.ts';
import { singleLogoutUrl } from './saml/single-logout.ts';
import { makeSingleSignOn } from './saml/strategy.ts';
import { addSecondStepRoutes } from './second-step.routes.ts';
import { addSecurityRoutes } from './security.routes.ts';
import { signInByPassword } from './sign-in-by-password.ts';
import { makeSignInLimit } from './sign-in-limit.ts';
import { findUserOfLink, signInByLink } from './sign-in-links.service.ts';
import { addStepUpRoutes } from './step-up/step-up.routes.ts';
import type { Preferences } from './user.ts';
import { renewSession, startSession } from './web-session.ts';

/** How people sign in, as the process's settings say. */
export type SignInSettings = {
  /** Null: no staff can sign in. */
  readonly saml: SamlSettings | null;
  /** Null wherever people use an identity provider of their own: always in production. */
  readonly developmentIdp: DevelopmentIdentityProvider | null;
  /** Tells visitors that the people and the data are made up. */
  readonly isDemonstration: boolean;
  /** Must suppliers have a second factor? `offered` when not given. */
  readonly secondFactor?: SecondFactorPolicy;
};
export type IdentitySettings = SignInSettings & {
  readonly db: Database;
  /** True wherever people reach us by https. */
  readonly secureCookies: boolean;
};

const YEAR_MS = 365 * 24 * 60 * 60_000;

/**
 * Signing in and out, and how pages look to whom.
 * @throws Error at start-up when the SAML settings could not be checked against
 */
export function identityRoutes(web: WebDeps, settings: IdentitySettings): PortalRouter {
  if (settings.saml !== null) assertSamlSettings(settings.saml);
  const singleSignOn = settings.saml === null ? null : makeSingleSignOn(web, settings.saml);
  const router = makeRouter(web);
  router.router.use(holdUntilSetUp);
  addSignInRoutes(router, web, settings);
  addLinkRoutes(router, web, policyOf(settings));
  addNewLinkRoutes(router, web, settings.db);
  addSecondStepRoutes(router, web, settings.db);
  addSecurityRoutes(router, web);
  addDelegationRoutes(router, web);
  addStepUpRoutes(router, web, { db: settings.db, singleSignOn });
  addPasswordRoutes(router, web, settings);
  addSignOutRoutes(router, web, settings);
  addPreferencesRoute(router, web, settings);
  if (settings.saml !== null && singleSignOn !== null) {
    addSamlRoutes(router, web, { saml: settings.saml, singleSignOn });
    settings.developmentIdp?.addRoutes(router, web, settings.saml);
  }
  return router;
}

const policyOf = (settings: SignInSettings): SecondFactorPolicy => settings.secondFactor ?? 'offered';

/** Whoever must set up a second factor sees nothing else before. It stands before the routes of all domains. */
const holdUntilSetUp: RequestHandler = (req, res, next) => {
  const isOpen = /^\/(security|proof|sign-in|sign-out|signed-out|preferences)(\/|$)/.test(req.path);
  if (req.session.mustSetUp === true && !isOpen) res.redirect(303, '/security');
  else next();
};

function addSignInRoutes(router: PortalRouter, web: WebDeps, settings: IdentitySettings): void {
  const limit = makeSignInLimit(settings.db);

  const showSignIn = async (_req: Request, res: Response) => {
    await web.showPage(res, 'identity/sign-in', {
      titleKey: 'identity.sign-in.title',
      hasSingleSignOn: settings.saml !== null,
      isDemonstration: settings.isDemonstration,
    });
  };

  router.get('/sign-in', 'anyone', async (req, res) => {
    if (req.actor.userId !== null) return res.redirect(303, '/');
    await showSignIn(req, res);
  });

  router.post('/sign-in', 'anyone', async (req, res) => {
    let isIn = false;
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(signInForm, req.body);
        const who = { ...visitorOf(req), address: req.ip ?? '' };
        const { user, at } = await notingFailure(web, req, { kind: 'password', email: form.email }, () =>
          signInByPassword({ runInTx: web.runInTx, limit }, who, form),
        );
        isIn = await passFirstStep(req, { user, at, by: 'password', policy: policyOf(settings) });
        if (isIn) await welcome(req, res, { web, userId: user.id, method: 'password' });
      },
      goTo: () => (isIn ? takeReturnTo(req, res) : '/sign-in/second-step'),
      orShow: showSignIn,
    });
  });
}

/** A link from a mail: looking at it uses nothing up, pressing its button does. */
function addLinkRoutes(router: PortalRouter, web: WebDeps, policy: SecondFactorPolicy): void {
  const showLink = async (req: Request, res: Response) => {
    const user = await web.runInTx(visitorOf(req), (ctx) => findUserOfLink(ctx, String(req.params['token'])));
    if (user !== null)
      return web.showPage(res, 'identity/link', {
        titleKey: 'identity.link.title',
        name: user.name,
        email: user.email,
      });
    res.status(410);
    await web.showPage(res, 'identity/link-does-not-work', { titleKey: 'identity.link.does-not-work' });
  };

  router.get('/sign-in/link/:token', 'anyone', showLink);

  router.post('/sign-in/link/:token', 'anyone', async (req, res) => {
    let goTo = '/';
    await web.submitForm(req, res, {
      act: async () => {
        const token = String(req.params['token']);
        const { user, returnTo, setsPassword, at } = await notingFailure(
          web,
          req,
          { kind: 'link', linkToken: token },
          () =>
            web.runInTx(visitorOf(req), async (ctx) => ({
              ...(await signInByLink(ctx, token)),
              at: ctx.now,
            })),
        );
        const isIn = await passFirstStep(req, { user, at, by: 'link', policy });
        if (isIn) await welcome(req, res, { web, userId: user.id, method: 'link' });
        req.session.returnTo = (!isIn && setsPassword ? '/sign-in/password' : returnTo) ?? '/';
        goTo = isIn ? (setsPassword ? '/sign-in/password' : takeReturnTo(req, res)) : '/sign-in/second-step';
      },
      goTo: () => goTo,
      orShow: showLink,
    });
  });
}

function addPasswordRoutes(router: PortalRouter, web: WebDeps, settings: IdentitySettings): void {
  const limit = makeSignInLimit(settings.db);

  const userOf = (req: Request) =>
    web.runInTx(whoOf(req), async (ctx) => found('page', await findAccount(ctx, req.actor.userId ?? '')));
  const mustProve = (req: Request, user: { hasPassword: boolean }) =>
    user.hasPassword && req.session.signedInBy?.startsWith('link') !== true;

  const showPassword = async (req: Request, res: Response) => {
    const user = await userOf(req);
    const offersPasskey = !user.hasPassword && (await web.runInTx(whoOf(req), isPasskeyOffered));
    await web.showPage(res, 'identity/password', {
      titleKey: 'identity.password.title',
      email: user.email,
      offersPasskey,
      asksCurrent: mustProve(req, user),
    });
  };

  router.get('/sign-in/password', 'password.set', showPassword);

  router.post('/sign-in/password', 'password.set', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(passwordForm, req.body);
        const user = await userOf(req);
        if (mustProve(req, user)) {
          const attempt = { address: req.ip ?? '', email: user.email };
          await limit.count(attempt);
          const known = await web.runInTx(whoOf(req), (ctx) => findPasswordHash(ctx, user.id));
          if (!(await isPassword(form.current ?? '', known)))
            throw ruleBroken('password.current-is-wrong', 'The current password is not right');
          await limit.forget(attempt);
        }
        assertGoodPassword(form.password, user);
        const like = await web.runInTx(whoOf(req), (ctx) => findPasswordOfAddress(ctx, user.email));
        const hash = await hashPassword(form.password, like);
        const at = await web.runInTx(whoOf(req), async (ctx) => {
          await setPassword(ctx, { userId: user.id, hash });
          return ctx.now;
        });
        const { mustSetUp } = req.session;
        await startSession(req, { userId: user.id, at, by: 'password' });
        if (mustSetUp === true) req.session.mustSetUp = true;
      },
      goTo: () => takeReturnTo(req, res),
      notice: 'identity.password.saved',
      orShow: showPassword,
    });
  });
}

/** Ends our session; the identity provider's is ended by a link, which a form may not redirect to. */
function addSignOutRoutes(router: PortalRouter, web: WebDeps, settings: IdentitySettings): void {
  router.post('/sign-out', 'anyone', async (req, res) => {
    const { samlSession } = req.session;
    const logoutUrl = await web.runInTx(whoOf(req), async (ctx) => {
      await signOut(ctx);
      return settings.saml !== null && samlSession !== undefined
        ? singleLogoutUrl(ctx, settings.saml, samlSession)
        : null;
    });
    delete req.session.returnTo;
    await renewSession(req);
    if (logoutUrl !== null) req.session.singleLogoutUrl = logoutUrl;
    res.redirect(303, '/signed-out');
  });

  router.get('/signed-out', 'anyone', async (req, res) => {
    await web.showPage(res, 'identity/signed-out', {
      titleKey: 'identity.signed-out.title',
      singleLogoutUrl: req.session.singleLogoutUrl ?? null,
    });
  });
}

/** Language, colours and zone: kept with the account, and in the browser for pages before signing in. */
function addPreferencesRoute(router: PortalRouter, web: WebDeps, settings: IdentitySettings): void {
  router.post('/preferences', 'preferences.change', async (req, res) => {
    const { returnTo, locale, theme, timeZone } = parseForm(preferencesForm, req.body);
    const chosen: Partial<Preferences> = {
      ...(locale === undefined ? {} : { locale }),
      ...(theme === undefined ? {} : { theme }),
      ...(timeZone === undefined ? {} : { timeZone }),
    };
    const { userId } = req.actor;
    if (userId !== null) await web.runInTx(whoOf(req), (ctx) => changePreferences(ctx, userId, chosen));
    else if (locale !== undefined) noteChosenLocale(req, res, locale);
    const names = {
      locale: 'portico-locale',
      theme: 'portico-theme',
      timeZone: 'portico-time-zone',
    } as const;
    for (const key of ['locale', 'theme', 'timeZone'] as const) {
      const value = chosen[key];
      if (value === undefined) continue;
      res.cookie(names[key], value, {
        maxAge: YEAR_MS,
        httpOnly: true,
        sameSite: 'lax',
        secure: settings.secureCookies,
        path: '/',
      });
    }
    res.redirect(303, returnTo);
  });
}
