import type { Request, Response } from 'express';
import { system } from '../../kernel/actor.ts';
import { found } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { readCookie } from '../../platform/web/cookies.ts';
import { idParam } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { findAccount } from '../identity.service.ts';
import { takeActCode, veiled } from './act-code.routes.ts';
import { keepWithinLimit } from './limit.middleware.ts';
import { startLinkSession } from './link.web-session.ts';
import { pageOf, purposeOf } from './purpose.ts';
import {
  askForNewLink,
  askToSignInOnce,
  findMyLinks,
  findPageOfToken,
  findSignedLink,
  openSignedLink,
  revokeMyLink,
} from './signed-link.service.ts';
import { isToken } from './signed-link.ts';

const COOKIE = 'portico-link';
const COOKIE_LASTS_MS = 15 * 60_000;

/** What a person sees of links in mails. Its first part stands before all other routes: it keeps within the link. */
export function signedLinkRoutes(web: WebDeps, settings: { secureCookies: boolean }): PortalRouter {
  const router = makeRouter(web);
  router.router.use(keepWithinLimit, takeActCode(web));
  addLandingRoutes(router, web, settings);
  addMyLinksRoutes(router, web);
  return router;
}

/** A token is looked up for a browser that is nobody's yet. */
const look = <T>(web: WebDeps, req: Request, work: (ctx: Ctx) => Promise<T>): Promise<T> =>
  web.runInTx({ actor: system('identity/signed-link'), requestId: req.requestId }, work);

function addLandingRoutes(router: PortalRouter, web: WebDeps, settings: { secureCookies: boolean }): void {
  router.router.use('/l', (_req, res, next) => {
    // No page of ours stands at an address with a token; this is for what browsers send on from a redirect.
    res.set({ 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' });
    next();
  });

  // One answer for all, and the same page after it.
  router.post('/l/renewal', 'anyone', async (req, res) => {
    const token = readCookie(req, COOKIE);
    if (isToken(token)) await look(web, req, (ctx) => askForNewLink(ctx, token));
    res.redirect(303, '/l/sent');
  });
  router.get('/l/sent', 'anyone', (req, res) => showSent(web, req, res));

  addSignInOnceRoutes(router, web);

  // The token goes out of the address, the history and every referrer at once. Nothing is used up: scanners look, too.
  router.get('/l/:token', 'anyone', async (req, res) => {
    const token = req.params['token'];
    if (!isToken(token)) return showGone(web, res);
    const known = await look(web, req, (ctx) => findPageOfToken(ctx, token));
    if (known !== null && isIn(req, known)) return res.redirect(303, known.page);
    res.cookie(COOKIE, token, {
      maxAge: COOKIE_LASTS_MS,
      httpOnly: true,
      sameSite: 'lax',
      secure: settings.secureCookies,
      path: '/l',
    });
    res.redirect(303, '/l');
  });

  const showLanding = async (req: Request, res: Response): Promise<void> => {
    const token = readCookie(req, COOKIE);
    const shown = isToken(token) ? await look(web, req, (ctx) => findSignedLink(ctx, token)) : null;
    if (shown === null) return showGone(web, res);
    await web.showPage(res, 'signed-link/landing', {
      titleKey: 'signed-link.landing.title',
      titleParams: { reference: shown.link.reference },
      purpose: shown.link.purpose,
      reference: shown.link.reference,
      linkId: shown.link.id,
      page: shown.page,
      until: shown.link.expiresAt,
      holder: shown.holder,
      company: await companyOf(web, req),
      otherName: req.actor.kind === 'anonymous' ? null : req.actor.name,
    });
  };
  router.get('/l', 'anyone', showLanding);

  router.post('/l', 'anyone', async (req, res) => {
    const token = readCookie(req, COOKIE);
    const body = req.body as { linkId?: unknown } | undefined;
    const shown = isToken(token) ? await look(web, req, (ctx) => findSignedLink(ctx, token)) : null;
    // With two mails open at once, the button is for the link that its page showed.
    if (shown === null || !isToken(token) || body?.linkId !== shown.link.id) return showLanding(req, res);
    let goTo = '/l';
    await web.submitForm(req, res, {
      act: async () => {
        const opened = await look(web, req, async (ctx) => ({
          ...(await openSignedLink(ctx, token)),
          at: ctx.now,
        }));
        const { link, page, at } = opened;
        await startLinkSession(req, { linkId: link.id, userId: link.userId, at });
        req.session.returnTo = page;
        res.clearCookie(COOKIE, { path: '/l' });
        goTo = page;
      },
      goTo: () => goTo,
      orShow: showLanding,
    });
  });
}

/** For what a link may not do: by password or passkey, or by a mail to the contact that leads back to the document. */
function addSignInOnceRoutes(router: PortalRouter, web: WebDeps): void {
  const holderOf = (req: Request, userId: string) =>
    look(web, req, async (ctx) => found('user', await findAccount(ctx, userId)));

  const showWays = async (req: Request, res: Response): Promise<void> => {
    const { limitedTo, userId } = req.actor;
    const purpose = limitedTo === undefined ? null : purposeOf(limitedTo.purpose);
    if (limitedTo === undefined || purpose === null || userId === null) return res.redirect(303, '/sign-in');
    const { email, hasPassword } = await holderOf(req, userId);
    await web.showPage(res, 'signed-link/sign-in', {
      titleKey: 'signed-link.sign-in.title',
      titleParams: { reference: limitedTo.reference },
      reference: limitedTo.reference,
      address: veiled(email),
      hasPassword,
      backTo: pageOf(purpose, limitedTo.subject.id),
    });
  };
  router.get('/l/sign-in', 'anyone', showWays);

  router.post('/l/sign-in', 'anyone', async (req, res) => {
    const { limitedTo } = req.actor;
    if (limitedTo !== undefined) await look(web, req, (ctx) => askToSignInOnce(ctx, limitedTo.linkId));
    res.redirect(303, '/l/sign-in/sent');
  });
  router.get('/l/sign-in/sent', 'anyone', (_req, res) =>
    web.showPage(res, 'signed-link/sign-in-sent', { titleKey: 'signed-link.sent.title' }),
  );
}

/** Is this browser signed in as the link's contact, or in by this very link? */
const isIn = (req: Request, of: { linkId: string; userId: string }): boolean =>
  req.actor.userId === of.userId &&
  (req.actor.limitedTo === undefined || req.actor.limitedTo.linkId === of.linkId);

const companyOf = (web: WebDeps, req: Request) =>
  web.runInTx(whoOf(req), async ({ policies: { company } }) => ({
    name: req.locale === 'zh-CN' ? company.nameLocal : company.name,
    email: company.email,
  }));

async function showGone(web: WebDeps, res: Response): Promise<void> {
  res.status(410);
  await web.showPage(res, 'signed-link/gone', {
    titleKey: 'signed-link.gone.title',
    company: await companyOf(web, res.req),
  });
}

async function showSent(web: WebDeps, req: Request, res: Response): Promise<void> {
  await web.showPage(res, 'signed-link/sent', {
    titleKey: 'signed-link.sent.title',
    email: (await companyOf(web, req)).email,
  });
}

/** The links of whoever is signed in, to stop one that was passed on. */
function addMyLinksRoutes(router: PortalRouter, web: WebDeps): void {
  const showMine = async (req: Request, res: Response): Promise<void> => {
    const links = await web.runInTx(whoOf(req), findMyLinks);
    await web.showPage(res, 'signed-link/mine', { titleKey: 'signed-link.mine.title', links });
  };
  router.get('/security/signed-links', 'security.manage', showMine);

  router.post('/security/signed-links/:linkId/revocation', 'security.manage', async (req, res) => {
    const linkId = idParam(req, 'linkId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => revokeMyLink(ctx, linkId)),
      goTo: '/security/signed-links',
      notice: 'signed-link.mine.stopped',
      orShow: showMine,
    });
  });
}
