import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import bwipjs from 'bwip-js/node';
import type { Request, Response } from 'express';
import { forbidden, found } from '../kernel/errors.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { deviceOf } from './device.ts';
import { postponePasskeyOffer } from './devices/devices.service.ts';
import { codeForm, passkeyNameForm } from './identity.forms.ts';
import { findAccount } from './identity.service.ts';
import { beginRegistration, listPasskeys, registerPasskey, removePasskey } from './passkey.service.ts';
import { keepChallenge, takeChallenge } from './passkey-challenge.ts';
import * as factors from './second-factor.service.ts';
import { findSecurity, signOutElsewhere } from './security.service.ts';
import type { User } from './user.ts';

const PLACE = 'web_session.recovery_codes';

/** My sign-in: passkeys, codes, devices. */
export function addSecurityRoutes(router: PortalRouter, web: WebDeps): void {
  const desk = makeDesk(web);
  router.get('/security', 'security.manage', desk.showSecurity);
  router.post('/security/sign-out-elsewhere', 'security.manage', async (req, res) => {
    await web.submitForm(req, res, {
      act: () =>
        desk.withUser(req, (ctx, user) =>
          signOutElsewhere(ctx, { userId: user.id, keepSid: sha256Hex(req.sessionID) }),
        ),
      goTo: '/security',
      notice: 'identity.security.signed-out-elsewhere',
      orShow: desk.showSecurity,
    });
  });

  router.post('/security/passkey-offer/postponement', 'security.manage', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        // Staff sign in with single sign-on: they were offered none.
        if (req.actor.kind === 'supplier') await web.runInTx(whoOf(req), postponePasskeyOffer);
      },
      goTo: '/',
      notice: 'device.postponed',
      orShow: desk.showSecurity,
    });
  });

  addPasskeyRoutes(router, web, desk);
  addTotpRoutes(router, web, desk);
  addRecoveryRoutes(router, web, desk);
}

type ForUser = <T>(req: Request, work: (ctx: Ctx, user: User) => Promise<T>) => Promise<T>;
type Desk = {
  readonly withUser: ForUser;
  /** For changes to how the user signs in: suppliers only, and soon after proving who they are. */
  readonly withFreshUser: ForUser;
  readonly showSecurity: (req: Request, res: Response) => Promise<void>;
};

const NO_FACTORS = { passkeys: [], hasTotp: false, recoveryCodeCount: 0 };

const findFactors = async (ctx: Ctx, userId: string) => ({
  passkeys: await listPasskeys(ctx, userId),
  hasTotp: await factors.hasTotp(ctx, userId),
  recoveryCodeCount: await factors.countRecoveryCodes(ctx, userId),
});

function makeDesk(web: WebDeps): Desk {
  const withUser: ForUser = (req, work) =>
    web.runInTx(whoOf(req), async (ctx) =>
      work(ctx, found('page', await findAccount(ctx, req.actor.userId ?? ''))),
    );
  const withFreshUser: ForUser = (req, work) =>
    withUser(req, (ctx, user) => {
      if (user.kind !== 'supplier')
        throw forbidden('password.staff-use-single-sign-on', 'Staff sign in with single sign-on');
      return work(ctx, user);
    });
  const showSecurity = async (req: Request, res: Response): Promise<void> => {
    const sid = sha256Hex(req.sessionID);
    const security = await withUser(req, async (ctx, user) => ({
      ...(await findSecurity(ctx, user.id)),
      ...(user.kind === 'supplier' ? await findFactors(ctx, user.id) : NO_FACTORS),
      isSupplier: user.kind === 'supplier',
    }));
    await web.showPage(res, 'identity/security', {
      titleKey: 'identity.security.title',
      ...security,
      sessions: security.sessions.map((one) => ({ ...one, isThis: one.sid === sid })),
      isFresh: req.hasFreshProof,
      lastSignIn: req.session.lastSignIn ?? null,
      mustSetUp: req.session.mustSetUp === true,
    });
  };
  return { withUser, withFreshUser, showSecurity };
}

/** Makes new recovery codes; they wait, sealed, in the session for the page that shows them once. */
async function keepNewCodes(req: Request, ctx: Ctx, user: User): Promise<void> {
  const codes = await factors.makeRecoveryCodes(ctx, user);
  req.session.recoveryCodes = ctx.keyRing.seal(Buffer.from(codes.join(' ')), PLACE).toString('base64');
}

/** After the first factor come the codes for losing it. */
async function afterFactor(req: Request, ctx: Ctx, user: User): Promise<void> {
  if (!user.hasSecondFactor) await keepNewCodes(req, ctx, user);
  delete req.session.mustSetUp;
}

const onwards = (req: Request): string =>
  req.session.recoveryCodes === undefined ? '/security' : '/security/recovery-codes';

function addPasskeyRoutes(router: PortalRouter, web: WebDeps, { withFreshUser, showSecurity }: Desk): void {
  router.post('/security/passkeys/options', 'security.change', async (req, res) => {
    const options = await withFreshUser(req, async (ctx, user) => {
      const ceremony = await beginRegistration(ctx, user, web.origin);
      keepChallenge(req, ceremony.challenge, ctx.now);
      return ceremony.options;
    });
    res.json(options);
  });

  router.post('/security/passkeys', 'security.change', async (req, res) => {
    await web.submitForm(req, res, {
      act: () =>
        withFreshUser(req, async (ctx, user) => {
          const form = parseForm(passkeyNameForm, req.body);
          const name = form.name === '' ? deviceOf(req.get('user-agent') ?? '') || 'Passkey' : form.name;
          const response = form.response as RegistrationResponseJSON;
          const challenge = takeChallenge(req, ctx.now);
          await registerPasskey(ctx, user, { response, challenge, origin: web.origin, name });
          await afterFactor(req, ctx, user);
        }),
      goTo: () => onwards(req),
      notice: 'identity.security.passkey-added',
      orShow: showSecurity,
    });
  });

  router.post('/security/passkeys/:passkeyId/removal', 'security.change', async (req, res) => {
    const id = idParam(req, 'passkeyId');
    await web.submitForm(req, res, {
      act: () => withFreshUser(req, (ctx, user) => removePasskey(ctx, user, id)),
      goTo: '/security',
      notice: 'identity.security.passkey-removed',
      orShow: showSecurity,
    });
  });
}

function addTotpRoutes(router: PortalRouter, web: WebDeps, { withFreshUser, showSecurity }: Desk): void {
  router.post('/security/totp', 'security.change', async (req, res) => {
    await web.submitForm(req, res, {
      act: () => withFreshUser(req, factors.beginTotp),
      goTo: '/security/totp',
      orShow: showSecurity,
    });
  });

  const showTotp = async (req: Request, res: Response) => {
    const enrolment = found('page', (await withFreshUser(req, factors.findTotpEnrolment)) ?? undefined);
    const svg = bwipjs.toSVG({ bcid: 'qrcode', text: enrolment.uri, padding: 4, backgroundcolor: 'FFFFFF' });
    await web.showPage(res, 'identity/totp', {
      titleKey: 'identity.totp.title',
      seed: enrolment.seed.replaceAll(/.{4}(?=.)/g, '$& '),
      qrCode: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
    });
  };
  router.get('/security/totp', 'security.manage', async (req, res) => {
    // It shows the seed.
    if (!req.hasFreshProof) return web.freshProof.ask(req, res, 'security.change');
    await showTotp(req, res);
  });

  router.post('/security/totp/confirmation', 'security.change', async (req, res) => {
    await web.submitForm(req, res, {
      act: () =>
        withFreshUser(req, async (ctx, user) => {
          await factors.confirmTotp(ctx, user, parseForm(codeForm, req.body).code);
          await afterFactor(req, ctx, user);
        }),
      goTo: () => onwards(req),
      notice: 'identity.security.totp-set-up',
      orShow: showTotp,
    });
  });

  router.post('/security/totp/removal', 'security.change', async (req, res) => {
    await web.submitForm(req, res, {
      act: () => withFreshUser(req, factors.removeTotp),
      goTo: '/security',
      notice: 'identity.security.totp-removed',
      orShow: showSecurity,
    });
  });
}

function addRecoveryRoutes(
  router: PortalRouter,
  web: WebDeps,
  { withUser, withFreshUser, showSecurity }: Desk,
): void {
  router.post('/security/recovery-codes', 'security.change', async (req, res) => {
    await web.submitForm(req, res, {
      act: () => withFreshUser(req, (ctx, user) => keepNewCodes(req, ctx, user)),
      goTo: '/security/recovery-codes',
      orShow: showSecurity,
    });
  });

  router.get('/security/recovery-codes', 'security.manage', async (req, res) => {
    const { recoveryCodes } = req.session;
    if (recoveryCodes === undefined) return res.redirect(303, '/security');
    delete req.session.recoveryCodes;
    const codes = await withUser(req, async (ctx) =>
      ctx.keyRing.unseal(Buffer.from(recoveryCodes, 'base64'), PLACE).toString().split(' '),
    );
    res.set('Cache-Control', 'no-store');
    await web.showPage(res, 'identity/recovery-codes', { titleKey: 'identity.recovery.title', codes });
  });
}
