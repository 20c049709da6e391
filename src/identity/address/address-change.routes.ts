import type { Request, Response } from 'express';
import { z } from 'zod';
import { found } from '../../kernel/errors.ts';
import { parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { visitorOf, type WebDeps, whoOf } from '../../platform/web/web.ts';
import { findAccount } from '../identity.service.ts';
import {
  confirmAddressChange,
  findConfirmable,
  findRequestedChange,
  findRevertible,
  requestAddressChange,
  revertAddressChange,
  withdrawAddressChange,
} from './address-change.service.ts';
import { CONFIRM_HOURS, REVERT_HOURS } from './address-change.ts';

const addressForm = z.strictObject({ email: z.email('form.invalid-email').max(254) });

/** Changing one's own e-mail address, confirming it from the new mailbox, and taking it back from the old one. */
export function addressRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  const tokenOf = (req: Request): string => String(req.params['token']);

  const showAddress = async (req: Request, res: Response): Promise<void> => {
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const user = found('page', await findAccount(ctx, req.actor.userId ?? ''));
      return { user, requested: (await findRequestedChange(ctx, user.id)) ?? null };
    });
    if (model.user.kind !== 'supplier') return void found('page', null);
    await web.showPage(res, 'identity/address', {
      titleKey: 'address.title',
      email: model.user.email,
      requested: model.requested,
      confirmHours: CONFIRM_HOURS,
      revertDays: REVERT_HOURS / 24,
    });
  };
  router.get('/security/address', 'address.change', showAddress);

  router.post('/security/address', 'address.change', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const { email } = parseForm(addressForm, req.body);
        await web.runInTx(whoOf(req), async (ctx) => {
          const user = found('page', await findAccount(ctx, req.actor.userId ?? ''));
          await requestAddressChange(ctx, { user, to: email });
        });
      },
      goTo: '/security/address',
      notice: 'address.notice.requested',
      orShow: showAddress,
    });
  });

  router.post('/security/address/withdrawal', 'address.change', async (req, res) => {
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => withdrawAddressChange(ctx, req.actor.userId ?? '')),
      goTo: '/security/address',
      notice: 'address.notice.withdrawn',
      orShow: showAddress,
    });
  });

  const showLink =
    (kind: 'confirmation' | 'revert', find: typeof findConfirmable, who = whoOf) =>
    async (req: Request, res: Response): Promise<void> => {
      const change = await web.runInTx(who(req), (ctx) => find(ctx, tokenOf(req)));
      if (change === null) res.status(410);
      res.set('Cache-Control', 'no-store');
      await web.showPage(res, 'identity/address-link', {
        titleKey: change === null ? 'address.link-does-not-work' : `address.${kind}.title`,
        kind,
        change,
        action: req.path,
      });
    };

  const showConfirmation = showLink('confirmation', findConfirmable);
  router.get('/address/confirmation/:token', 'address.change', showConfirmation);
  router.post('/address/confirmation/:token', 'address.change', async (req, res) => {
    let needsPassword = false;
    await web.submitForm(req, res, {
      act: async () => {
        const done = await web.runInTx(whoOf(req), (ctx) => confirmAddressChange(ctx, tokenOf(req)));
        needsPassword = done.hadPassword && !done.keepsPassword;
      },
      goTo: () => (needsPassword ? '/sign-in/password' : '/security/address'),
      notice: 'address.notice.confirmed',
      orShow: showConfirmation,
    });
  });

  const showRevert = showLink('revert', findRevertible, visitorOf);
  router.get('/address/revert/:token', 'anyone', showRevert);
  router.post('/address/revert/:token', 'anyone', async (req, res) => {
    await web.submitForm(req, res, {
      act: () => web.runInTx(visitorOf(req), (ctx) => revertAddressChange(ctx, tokenOf(req))),
      goTo: '/address/reverted',
      orShow: showRevert,
    });
  });
  router.get('/address/reverted', 'anyone', (_req, res) =>
    web.showPage(res, 'identity/address-reverted', { titleKey: 'address.reverted.title' }),
  );
  return router;
}
