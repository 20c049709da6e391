import type { Request, Response } from 'express';
import { staffRoles, supplierRoles } from '../../kernel/actor.ts';
import { MOST_ROWS_IN_A_FILE, wholeList } from '../../kernel/page.ts';
import { dayIn } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { asQuery, isFiltered } from '../../platform/web/list-query.ts';
import { idParam, pageRequest, parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import type { SamlSettings } from '../saml/settings.ts';
import { decideRoleRequest, withdrawRoleRequest } from './granting.service.ts';
import * as forms from './people.forms.ts';
import { listPeople } from './people.queries.ts';
import { failuresFile, peopleFile } from './people.report.ts';
import { getGroups, getRoleRequest, listRoleRequests } from './people.service.ts';
import { addPersonRoutes, type ScopeChoices } from './person.routes.ts';
import { failureKinds } from './sign-in-failure.ts';
import { listFailures } from './sign-in-failures.queries.ts';
import { fingerprintOfWho } from './sign-in-failures.service.ts';

export type PeopleSettings = {
  /** How staff sign in; null: they cannot. */
  readonly saml: SamlSettings | null;
  /** What there is to limit somebody to. */
  scopeChoices(ctx: Ctx): Promise<ScopeChoices>;
};

const whole = { after: null, limit: MOST_ROWS_IN_A_FILE };

/** For administrators: who has an account, with which roles and from where, and who failed to get in. */
export function peopleRoutes(web: WebDeps, settings: PeopleSettings): PortalRouter {
  const router = makeRouter(web);
  addPeople(router, web);
  addFailures(router, web);
  addGroups(router, web, settings);
  addRoleRequests(router, web);
  addPersonRoutes(router, web, settings);
  return router;
}

function addPeople(router: PortalRouter, web: WebDeps): void {
  router.get('/people', 'people.read', async (req, res) => {
    const { q, ...filter } = forms.personFilter.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => listPeople(ctx, { ...filter, search: q }, request));
    await web.showPage(res, 'people/list', {
      titleKey: 'people.title',
      page,
      isFirst: request.after === null,
      filter: { ...filter, q },
      query: asQuery({ ...filter, q }, 'name'),
      isFiltered: isFiltered({ ...filter, q }),
      roles: [...staffRoles, ...supplierRoles],
    });
  });

  router.get('/people/export.csv', 'people.read', async (req, res) => {
    const { q, ...filter } = forms.personFilter.parse(req.query);
    const { rows, day } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: wholeList(await listPeople(ctx, { ...filter, search: q }, whole)),
      day: dayIn(ctx.now, req.timeZone),
    }));
    await web.sendCsv(res, peopleFile(rows, day));
  });
}

function addFailures(router: PortalRouter, web: WebDeps): void {
  const asked = (req: Request) => {
    const query = forms.failureFilter.parse(req.query);
    const filterIn = (ctx: Ctx) => ({
      kind: query.kind,
      whoFingerprint: query.email === '' ? null : fingerprintOfWho(ctx, query.email),
      userId: query.person,
      addressMark: query.network,
      ...forms.failureBounds(query, req.timeZone),
    });
    return { query, filterIn };
  };

  router.get('/people/failed-sign-ins', 'people.read', async (req, res) => {
    const { query, filterIn } = asked(req);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => listFailures(ctx, filterIn(ctx), request));
    await web.showPage(res, 'people/failed-sign-ins', {
      titleKey: 'people.failures.title',
      page,
      isFirst: request.after === null,
      filter: query,
      query: asQuery({ ...query, sort: 'latest' }, 'latest'),
      isFiltered: isFiltered(query),
      kinds: failureKinds,
    });
  });

  router.get('/people/failed-sign-ins/export.csv', 'people.read', async (req, res) => {
    const { filterIn } = asked(req);
    const { rows, day } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: wholeList(await listFailures(ctx, filterIn(ctx), whole)),
      day: dayIn(ctx.now, req.timeZone),
    }));
    await web.sendCsv(res, failuresFile(rows, day));
  });
}

function addGroups(router: PortalRouter, web: WebDeps, settings: PeopleSettings): void {
  router.get('/people/groups', 'people.read', async (req, res) => {
    const { saml } = settings;
    const shown = await web.runInTx(whoOf(req), (ctx) => getGroups(ctx, saml?.rolesByGroup ?? {}));
    await web.showPage(res, 'people/groups', {
      titleKey: 'people.groups.title',
      ...shown,
      provider: saml === null ? null : { name: saml.idp.issuer, groupsAttribute: saml.groupsAttribute },
    });
  });
}

function addRoleRequests(router: PortalRouter, web: WebDeps): void {
  router.get('/people/role-requests', 'people.read', async (req, res) => {
    const requests = await web.runInTx(whoOf(req), listRoleRequests);
    await web.showPage(res, 'people/role-requests', { titleKey: 'people.requests.title', requests });
  });

  const showRequest = async (req: Request, res: Response): Promise<void> => {
    const requestId = idParam(req, 'requestId');
    const shown = await web.runInTx(whoOf(req), (ctx) => getRoleRequest(ctx, requestId));
    await web.showPage(res, 'people/role-request', { titleKey: 'people.requests.one', ...shown });
  };
  router.get('/people/role-requests/:requestId', 'people.read', showRequest);

  router.post('/people/role-requests/:requestId/decision', 'people.grant', async (req, res) => {
    const requestId = idParam(req, 'requestId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(forms.decisionForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => decideRoleRequest(ctx, { ...form, requestId }));
      },
      goTo: `/people/role-requests/${requestId}`,
      notice: 'people.notice.decided',
      orShow: showRequest,
    });
  });

  router.post('/people/role-requests/:requestId/withdrawal', 'people.grant', async (req, res) => {
    const requestId = idParam(req, 'requestId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => withdrawRoleRequest(ctx, requestId)),
      goTo: `/people/role-requests/${requestId}`,
      notice: 'people.notice.withdrawn',
      orShow: showRequest,
    });
  });
}
