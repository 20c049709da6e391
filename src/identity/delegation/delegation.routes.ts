import type { Request, Response } from 'express';
import { idParam, parseForm } from '../../platform/web/params.ts';
import type { PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { delegationForm } from './delegation.forms.ts';
import { delegableRoles, MOST_DAYS } from './delegation.ts';
import { endDelegation, giveDelegation, listDelegations } from './delegations.service.ts';

/** Who acts for whom while somebody is away. */
export function addDelegationRoutes(router: PortalRouter, web: WebDeps): void {
  const oversees = (req: Request): boolean => web.decide(req.actor, 'delegation.oversee');

  const showDelegations = async (req: Request, res: Response) => {
    const listed = await web.runInTx(whoOf(req), (ctx) => listDelegations(ctx, { oversees: oversees(req) }));
    const { typed } = res.locals;
    const chosen = typed === undefined ? null : [typed['roles'] ?? []].flat();
    await web.showPage(res, 'delegation/delegations', {
      titleKey: 'delegation.title',
      ...listed,
      roles: delegableRoles.filter((role) => listed.ownRoles.includes(role)),
      chosenRoles: chosen,
      keptRoles: listed.ownRoles.filter((role) => !delegableRoles.some((one) => one === role)),
      mostDays: MOST_DAYS,
    });
  };

  router.get('/delegations', 'delegation.read', showDelegations);

  router.post('/delegations', 'delegation.give', async (req, res) => {
    await web.submitForm(req, res, {
      act: () => {
        const wanted = parseForm(delegationForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => giveDelegation(ctx, wanted));
      },
      goTo: '/delegations',
      notice: 'delegation.notice.given',
      orShow: showDelegations,
    });
  });

  // Ending one takes rights away: it needs no fresh proof, and whoever received it may do it too.
  router.post('/delegations/:delegationId/ending', 'delegation.read', async (req, res) => {
    const id = idParam(req, 'delegationId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => endDelegation(ctx, id, { oversees: oversees(req) })),
      goTo: '/delegations',
      notice: 'delegation.notice.ended',
      orShow: showDelegations,
    });
  });
}
