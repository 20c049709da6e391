import type { Request, Response } from 'express';
import { sayOnNextPage } from '../../platform/web/notices.ts';
import { parseForm } from '../../platform/web/params.ts';
import { takeReturnTo } from '../../platform/web/return-to.ts';
import type { PageHandler, PortalRouter } from '../../platform/web/router.ts';
import { visitorOf, type WebDeps, whoOf } from '../../platform/web/web.ts';
import { welcome } from '../devices/device.web-session.ts';
import { ticketForm } from '../identity.forms.ts';
import { signOut } from '../identity.service.ts';
import { noteGroups } from '../people/groups.service.ts';
import { notingFailure } from '../people/sign-in-failures.service.ts';
import { withRolesOfDirectory } from '../scim/roles.service.ts';
import { upsertStaffFromAssertion } from '../staff-sign-in.service.ts';
import { proveBySaml } from '../step-up/proof.service.ts';
import { raiseSession } from '../step-up/raised-session.ts';
import { renewSession, startSession } from '../web-session.ts';
import { checkBeforeSignatures } from './belt.ts';
import { acceptResponse, findRequestOfTicket, metadataOf, takeSignIn } from './service-provider.ts';
import { expectedOf, type SamlSettings } from './settings.ts';
import { readLogoutMessage } from './single-logout.ts';
import type { SingleSignOn } from './strategy.ts';

/** Single sign-on of the staff: login → (identity provider) → acs → finish. */
export function addSamlRoutes(
  router: PortalRouter,
  web: WebDeps,
  { saml, singleSignOn }: { saml: SamlSettings; singleSignOn: SingleSignOn },
): void {
  router.get('/saml/login', 'anyone', singleSignOn.begin);

  // Posted from the identity provider's site, so without our cookie: who asked is found out in the next step.
  const accept: PageHandler = async (req, res) => {
    const { SAMLResponse: posted } = (req.body ?? {}) as { SAMLResponse?: unknown };
    const { samlResponse, requestId } = checkBeforeSignatures(posted, expectedOf(saml));
    const signedXml = await singleSignOn.verify(req, res, samlResponse);
    const ticket = await web.runInTx(visitorOf(req), (ctx) =>
      acceptResponse(ctx, saml, { signedXml, requestId }),
    );
    res.redirect(303, `/saml/finish?ticket=${encodeURIComponent(ticket)}`);
  };
  router.post('/saml/acs', 'anyone', (req, res) =>
    notingFailure(web, req, { kind: 'saml' }, () => accept(req, res)),
  );

  router.get('/saml/finish', 'anyone', async (req, res) => {
    if (req.query['ticket'] === undefined) return res.redirect(303, '/sign-in');
    const { ticket } = parseForm(ticketForm, req.query);
    await web.showPage(res, 'identity/saml-finish', { titleKey: 'identity.finish.title', ticket });
  });

  router.post('/saml/finish', 'anyone', async (req, res) => {
    const { ticket } = parseForm(ticketForm, req.body);
    const take = req.session.proving === undefined ? finish : finishProof;
    await notingFailure(web, req, { kind: 'saml' }, () => take(req, res, { web, saml, ticket }));
  });

  router.get('/saml/slo', 'anyone', async (req, res) => {
    const rawQuery = req.originalUrl.split('?', 2)[1] ?? '';
    const session = req.session.samlSession ?? null;
    const { answerUrl, isOurs } = await web.runInTx(whoOf(req), async (ctx) => {
      const message = await readLogoutMessage(ctx, saml, { rawQuery, session });
      if (message.isOurs) await signOut(ctx);
      return message;
    });
    if (isOurs) await renewSession(req);
    res.redirect(303, answerUrl ?? '/signed-out');
  });

  router.get('/saml/metadata', 'anyone', async (_req, res) => {
    res.type('application/samlmetadata+xml').send(metadataOf(saml));
  });
}

type Taking = { web: WebDeps; saml: SamlSettings; ticket: string };

/** Somebody who is in takes the result of its proof; the answer to another request of this browser signs it in. */
async function finishProof(req: Request, res: Response, { web, saml, ticket }: Taking): Promise<void> {
  const requestIds = req.session.samlRequestIds ?? [];
  const proved = await web.runInTx(whoOf(req), async (ctx) => {
    const requestId = await findRequestOfTicket(ctx, ticket);
    const proving = req.session.proving?.find((one) => one.requestId === requestId);
    if (proving === undefined) return null;
    const taken = await takeSignIn(ctx, { ticket, requestIds });
    await proveBySaml(ctx, taken);
    return { at: ctx.now, samlSession: taken.samlSession, onwards: proving.onwards };
  });
  if (proved === null) return finish(req, res, { web, saml, ticket });
  await raiseSession(req, proved.at);
  req.session.samlSession = proved.samlSession;
  res.redirect(303, proved.onwards);
}

/** The browser that began the sign-in takes its result, and gets a session under a new id. */
async function finish(req: Request, res: Response, { web, saml, ticket }: Taking): Promise<void> {
  const requestIds = req.session.samlRequestIds ?? [];
  const { user, identity, samlSession, at } = await web.runInTx(visitorOf(req), async (ctx) => {
    const taken = await takeSignIn(ctx, { ticket, requestIds });
    const visitor = { locale: req.locale, timeZone: req.timeZone };
    const known = await withRolesOfDirectory(ctx, taken.identity, saml.rolesByGroup);
    const signedIn = await upsertStaffFromAssertion(ctx, { ...known, ...visitor });
    await noteGroups(ctx, { identity: known, user: signedIn, saml, address: req.ip ?? '' });
    return { ...taken, identity: known, user: signedIn, at: ctx.now };
  });
  if (user === null) {
    const { name, email } = identity;
    res.status(403);
    return web.showPage(res, 'identity/no-role', { titleKey: 'identity.no-role.title', name, email });
  }
  await startSession(req, { userId: user.id, at, by: 'saml' });
  req.session.samlSession = samlSession;
  await welcome(req, res, { web, userId: user.id, method: 'saml' });
  if (identity.roles.some((role) => !user.roles.includes(role)))
    sayOnNextPage(req, res, 'access.notice.roles-left-off');
  res.redirect(303, takeReturnTo(req, res));
}
