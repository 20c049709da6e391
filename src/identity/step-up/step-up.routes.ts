import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Request, Response } from 'express';
import { ruleBroken } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { Database } from '../../platform/db/database.ts';
import { parseForm } from '../../platform/web/params.ts';
import type { PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { beginAuthentication } from '../passkey.service.ts';
import { keepChallenge, takeChallenge } from '../passkey-challenge.ts';
import { isPassword } from '../password.ts';
import { findPasswordHash } from '../passwords.service.ts';
import type { SingleSignOn } from '../saml/strategy.ts';
import { makeSignInLimit } from '../sign-in-limit.ts';
import { getForm } from './interrupted-forms.service.ts';
import * as proofs from './proof.service.ts';
import { raiseSession } from './raised-session.ts';
import * as forms from './step-up.forms.ts';

const onwardsPath = ({ form, to }: forms.Onwards): string =>
  form === undefined ? (to ?? '/') : `/proof/continuation?form=${form}`;

/** Proving again who one is, and going on with what was begun. */
export function addStepUpRoutes(
  router: PortalRouter,
  web: WebDeps,
  of: { db: Database; singleSignOn: SingleSignOn | null },
): void {
  const showProof = proofPage(web);

  router.get('/proof', 'proof.give', async (req, res) => {
    const onwards = parseForm(forms.onwardsForm, req.query);
    if (req.hasFreshProof) return res.redirect(303, onwardsPath(onwards));
    await showProof(req, res, onwards);
  });

  router.get('/proof/single-sign-on', 'proof.give', async (req, res) => {
    const onwards = parseForm(forms.onwardsForm, req.query);
    if (of.singleSignOn === null) return res.redirect(303, '/proof');
    await of.singleSignOn.beginProof(req, res, onwardsPath(onwards));
  });

  router.get('/proof/continuation', 'proof.give', async (req, res) => {
    const { form: id } = parseForm(forms.continuationQuery, req.query);
    const form = await web.runInTx(whoOf(req), (ctx) => getForm(ctx, id));
    if (!req.hasFreshProof) return res.redirect(303, `/proof?form=${id}`);
    res.set('Cache-Control', 'no-store');
    await web.showPage(res, 'step-up/continuation', { titleKey: 'step-up.continuation.title', form });
  });

  addProofPosts(router, web, { db: of.db, showProof });
}

type ShowProof = (req: Request, res: Response, onwards: forms.Onwards) => Promise<void>;

const proofPage =
  (web: WebDeps): ShowProof =>
  async (req, res, onwards) => {
    const { ways, permission } = await web.runInTx(whoOf(req), async (ctx) => ({
      ways: await proofs.findWaysToProve(ctx),
      permission: onwards.form === undefined ? null : (await getForm(ctx, onwards.form)).permission,
    }));
    await web.showPage(res, 'step-up/proof', { titleKey: 'step-up.proof.title', ways, permission, onwards });
  };

/** A code, a passkey or a password, each counted like a sign-in with it. */
function addProofPosts(
  router: PortalRouter,
  web: WebDeps,
  { db, showProof }: { db: Database; showProof: ShowProof },
): void {
  const limit = makeSignInLimit(db);
  /** Counts the try, has it checked, and raises the session. */
  const prove = async (req: Request, check: (ctx: Ctx) => Promise<void>): Promise<void> => {
    const attempt = { address: req.ip ?? '', email: `proof of ${req.actor.userId}` };
    await limit.count(attempt);
    const at = await web.runInTx(whoOf(req), async (ctx) => {
      await check(ctx);
      return ctx.now;
    });
    await limit.forget(attempt);
    await raiseSession(req, at);
  };
  const submit = async (req: Request, res: Response, act: () => Promise<void>): Promise<void> => {
    const { form, to } = (req.body ?? {}) as Record<string, unknown>;
    const onwards = parseForm(forms.onwardsForm, { form, to });
    await web.submitForm(req, res, {
      act,
      goTo: () => onwardsPath(onwards),
      orShow: () => showProof(req, res, onwards),
    });
  };

  router.post('/proof/code', 'proof.give', (req, res) =>
    submit(req, res, () => {
      const { code } = parseForm(forms.codeProofForm, req.body);
      return prove(req, (ctx) => proofs.proveByCode(ctx, code));
    }),
  );

  router.post('/proof/password', 'proof.give', (req, res) =>
    submit(req, res, async () => {
      const { password } = parseForm(forms.passwordProofForm, req.body);
      const hash = await web.runInTx(whoOf(req), (ctx) => findPasswordHash(ctx, req.actor.userId ?? ''));
      await prove(req, async (ctx) => {
        if (!(await isPassword(password, hash)))
          throw ruleBroken('proof.password-is-wrong', 'The password is not right');
        await proofs.proveByPassword(ctx);
      });
    }),
  );

  router.post('/proof/passkey/options', 'proof.give', async (req, res) => {
    const { options, challenge } = await beginAuthentication(web.origin);
    await web.runInTx(whoOf(req), async (ctx) => keepChallenge(req, challenge, ctx.now));
    res.json(options);
  });

  router.post('/proof/passkey', 'proof.give', (req, res) =>
    submit(req, res, () => {
      const response = parseForm(forms.passkeyProofForm, req.body).response as AuthenticationResponseJSON;
      return prove(req, (ctx) => {
        const challenge = takeChallenge(req, ctx.now);
        return proofs.proveByPasskey(ctx, { response, challenge, origin: web.origin });
      });
    }),
  );
}
