import type { Request, Response } from 'express';
import { notFound } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { sayOnNextPage } from '../../platform/web/notices.ts';
import { idParam, parseForm } from '../../platform/web/params.ts';
import type { PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { grantRole, removeRole } from './granting.service.ts';
import * as forms from './people.forms.ts';
import { getPerson } from './people.service.ts';
import { deactivatePerson, limitPerson, reactivatePerson, signOutEverywhere } from './standing.service.ts';

/** A plant or a category that somebody can be limited to. */
type ScopeChoice = { readonly code: string; readonly nameEn: string; readonly nameZh: string };
export type ScopeChoices = {
  readonly plants: readonly ScopeChoice[];
  readonly categories: readonly ScopeChoice[];
};

type Show = (req: Request, res: Response) => Promise<void>;

/** One person: roles, limits, sessions, and whether the account is open. */
export function addPersonRoutes(
  router: PortalRouter,
  web: WebDeps,
  settings: { scopeChoices(ctx: Ctx): Promise<ScopeChoices> },
): void {
  const showPerson: Show = async (req, res) => {
    const userId = idParam(req, 'userId');
    const shown = await web.runInTx(whoOf(req), async (ctx) => ({
      ...(await getPerson(ctx, userId)),
      places: await settings.scopeChoices(ctx),
    }));
    await web.showPage(res, 'people/person', { title: shown.person.name, ...shown });
  };
  router.get('/people/:userId', 'people.read', showPerson);
  addRoleRoutes(router, web, showPerson);
  addStandingRoutes(router, web, showPerson);
}

function addRoleRoutes(router: PortalRouter, web: WebDeps, showPerson: Show): void {
  router.post('/people/:userId/roles', 'people.grant', async (req, res) => {
    const userId = idParam(req, 'userId');
    let goTo = `/people/${userId}`;
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(forms.grantForm, req.body);
        const requestId = await web.runInTx(whoOf(req), (ctx) => grantRole(ctx, { ...form, userId }));
        if (requestId !== null) goTo = `/people/role-requests/${requestId}`;
        sayOnNextPage(req, res, `people.notice.${requestId === null ? 'granted' : 'asked'}`);
      },
      goTo: () => goTo,
      orShow: showPerson,
    });
  });

  router.post('/people/:userId/roles/:role/removal', 'people.grant', async (req, res) => {
    const userId = idParam(req, 'userId');
    const role = forms.staffRole.safeParse(req.params['role']).data;
    if (role === undefined) throw notFound('page');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(forms.removalForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => removeRole(ctx, { ...form, userId, role }));
      },
      goTo: `/people/${userId}`,
      notice: 'people.notice.removed',
      orShow: showPerson,
    });
  });

  router.post('/people/:userId/scope', 'people.grant', async (req, res) => {
    const userId = idParam(req, 'userId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(forms.scopeForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => limitPerson(ctx, { ...form, userId }));
      },
      goTo: `/people/${userId}`,
      notice: 'people.notice.limited',
      orShow: showPerson,
    });
  });
}

function addStandingRoutes(router: PortalRouter, web: WebDeps, showPerson: Show): void {
  const move = (noun: string, of: { notice: string; work: typeof deactivatePerson }): void =>
    router.post(`/people/:userId/${noun}`, 'people.manage', async (req, res) => {
      const userId = idParam(req, 'userId');
      await web.submitForm(req, res, {
        act: () => {
          const form = parseForm(forms.removalForm, req.body);
          return web.runInTx(whoOf(req), (ctx) => of.work(ctx, { ...form, userId }));
        },
        goTo: `/people/${userId}`,
        notice: of.notice,
        orShow: showPerson,
      });
    });
  move('deactivation', { notice: 'people.notice.deactivated', work: deactivatePerson });
  move('reactivation', { notice: 'people.notice.reactivated', work: reactivatePerson });

  router.post('/people/:userId/sign-out', 'people.manage', async (req, res) => {
    const userId = idParam(req, 'userId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => signOutEverywhere(ctx, userId)),
      goTo: `/people/${userId}`,
      notice: 'people.notice.signed-out',
      orShow: showPerson,
    });
  });
}
