import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Request, Response } from 'express';
import { ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Database } from '../platform/db/database.ts';
import { parseForm } from '../platform/web/params.ts';
import { takeReturnTo } from '../platform/web/return-to.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { visitorOf, type WebDeps } from '../platform/web/web.ts';
import { welcome } from './devices/device.web-session.ts';
import { passedFirstStep } from './first-step.ts';
import { codeForm, passkeyForm } from './identity.forms.ts';
import { findAccount, noteSignIn } from './identity.service.ts';
import { beginAuthentication, signInByPasskey } from './passkey.service.ts';
import { keepChallenge, takeChallenge } from './passkey-challenge.ts';
import { notingFailure } from './people/sign-in-failures.service.ts';
import { useCode } from './second-factor.service.ts';
import { makeSignInLimit } from './sign-in-limit.ts';
import { startSession } from './web-session.ts';

/** The second step after a password or link, and the one step of a passkey. */
export function addSecondStepRoutes(router: PortalRouter, web: WebDeps, db: Database): void {
  const limit = makeSignInLimit(db);

  const showStep = (_req: Request, res: Response) =>
    web.showPage(res, 'identity/second-step', { titleKey: 'identity.second-step.title' });

  router.get('/sign-in/second-step', 'anyone', async (req, res) => {
    if (req.session.firstStep === undefined) return res.redirect(303, '/sign-in');
    await showStep(req, res);
  });

  router.post('/sign-in/second-step', 'anyone', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const { code } = parseForm(codeForm, req.body);
        const attempt = { address: req.ip ?? '', email: `second step of ${req.session.firstStep?.userId}` };
        const of = { kind: 'second-step', userId: req.session.firstStep?.userId } as const;
        await notingFailure(web, req, of, () => limit.count(attempt));
        const signIn = async (ctx: Ctx) => {
          const step = passedFirstStep(req, ctx.now);
          const user = step === null ? undefined : await findAccount(ctx, step.userId);
          if (step === null || user?.isActive !== true) throw tookTooLong();
          const by = `${step.by}+${await useCode(ctx, user, code)}` as const;
          await noteSignIn(ctx, user, by);
          return { userId: user.id, at: ctx.now, by };
        };
        const signedIn = await notingFailure(web, req, of, () => web.runInTx(visitorOf(req), signIn));
        await limit.forget(attempt);
        await startSession(req, signedIn);
        await welcome(req, res, { web, userId: signedIn.userId, method: signedIn.by });
      },
      goTo: () => takeReturnTo(req, res),
      orShow: showStep,
    });
  });

  router.post('/sign-in/passkey/options', 'anyone', async (req, res) => {
    const { options, challenge } = await beginAuthentication(web.origin);
    await web.runInTx(visitorOf(req), async (ctx) => keepChallenge(req, challenge, ctx.now));
    res.json(options);
  });

  router.post('/sign-in/passkey', 'anyone', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const response = parseForm(passkeyForm, req.body).response as AuthenticationResponseJSON;
        const signIn = async (ctx: Ctx) => {
          const challenge = takeChallenge(req, ctx.now);
          const user = await signInByPasskey(ctx, { response, challenge, origin: web.origin });
          return { userId: user.id, at: ctx.now, by: 'passkey' as const };
        };
        const of = { kind: 'passkey', passkeyId: response.id } as const;
        const signedIn = await notingFailure(web, req, of, () => web.runInTx(visitorOf(req), signIn));
        await startSession(req, signedIn);
        await welcome(req, res, { web, userId: signedIn.userId, method: signedIn.by });
      },
      goTo: () => takeReturnTo(req, res),
      orShow: (_req, answer) =>
        web.showPage(answer, 'identity/passkey-refused', { titleKey: 'identity.passkey.refused' }),
    });
  });
}

const tookTooLong = () =>
  ruleBroken('second-step.took-too-long', 'The sign-in took too long; begin again with your password');
