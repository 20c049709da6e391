import type { Request, Response } from 'express';
import { z } from 'zod';
import { listCategories } from '../catalog/index.ts';
import { oneOrMany } from '../platform/web/carried-values.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { invitableSuppliers } from '../suppliers/index.ts';
import { filled } from './form-fields.ts';
import { showInvitations } from './invitations.routes.ts';
import {
  getShortlist,
  inviteShortlist,
  keepInvited,
  listShortlists,
  makeShortlist,
  removeShortlist,
  reviseShortlist,
} from './shortlists.service.ts';

const MOST_FOUND = 20;

const isShared = z
  .literal('yes')
  .optional()
  .transform((typed) => typed === 'yes');
const namedForm = z.strictObject({ name: filled(100), isShared });
const newForm = namedForm.extend({
  categoryCode: z
    .string()
    .max(20)
    .default('')
    .transform((code) => (code === '' ? null : code)),
});
const reviseForm = namedForm.extend({
  version: z.coerce.number().int().positive(),
  supplierId: z.preprocess(oneOrMany, z.array(z.uuid()).max(500)),
});
const inviteForm = z.strictObject({ shortlistId: z.uuid('form.invalid-choice') });
const searchQuery = z.object({ q: z.string().trim().max(100).catch('').default('') });

/** Suppliers that are asked together, again and again. */
export function addShortlists(router: PortalRouter, web: WebDeps): void {
  const showList = async (req: Request, res: Response): Promise<void> => {
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      shortlists: await listShortlists(ctx),
      categories: await listCategories(ctx),
    }));
    await web.showPage(res, 'sourcing/shortlists', { titleKey: 'shortlists.heading', ...model });
  };
  router.get('/shortlists', 'sourcing_event.manage', showList);
  router.post('/shortlists', 'sourcing_event.manage', async (req, res) => {
    let id = '';
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(newForm, req.body);
        id = await web.runInTx(whoOf(req), (ctx) => makeShortlist(ctx, form));
      },
      goTo: () => `/shortlists/${id}`,
      notice: 'shortlists.notice.made',
      orShow: showList,
    });
  });
  addShortlist(router, web);
  addUse(router, web);
}

function addShortlist(router: PortalRouter, web: WebDeps): void {
  const show = async (req: Request, res: Response): Promise<void> => {
    const { q } = searchQuery.parse(req.query);
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const found = await getShortlist(ctx, idParam(req, 'shortlistId'));
      const isKept = found.shortlist.ownerId === ctx.actor.userId;
      const matching = isKept ? await invitableSuppliers(ctx, { search: q, limit: MOST_FOUND }) : [];
      return {
        ...found,
        isKept,
        others: matching.filter(({ id }) => !found.shortlist.memberIds.includes(id)),
      };
    });
    await web.showPage(res, 'sourcing/shortlist', { ...model, search: q, title: model.shortlist.name });
  };
  router.get('/shortlists/:shortlistId', 'sourcing_event.manage', show);
  router.post('/shortlists/:shortlistId', 'sourcing_event.manage', async (req, res) => {
    const id = idParam(req, 'shortlistId');
    await web.submitForm(req, res, {
      act: () => {
        const { supplierId, ...form } = parseForm(reviseForm, req.body);
        return web.runInTx(whoOf(req), (ctx) =>
          reviseShortlist(ctx, { ...form, id, supplierIds: supplierId }),
        );
      },
      goTo: `/shortlists/${id}`,
      notice: 'shortlists.notice.saved',
      orShow: show,
    });
  });
  router.post('/shortlists/:shortlistId/removal', 'sourcing_event.manage', async (req, res) => {
    const id = idParam(req, 'shortlistId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => removeShortlist(ctx, id)),
      goTo: '/shortlists',
      notice: 'shortlists.notice.removed',
      orShow: show,
    });
  });
}

/** On an event: inviting a whole list, and keeping whom it invites. */
function addUse(router: PortalRouter, web: WebDeps): void {
  router.post('/events/:eventId/invitations/shortlist', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    let isWhole = true;
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(inviteForm, req.body);
        const leftOut = await web.runInTx(whoOf(req), (ctx) => inviteShortlist(ctx, { ...form, eventId }));
        isWhole = leftOut.length === 0;
      },
      goTo: `/events/${eventId}/invitations`,
      notice: () => (isWhole ? 'shortlists.notice.invited' : 'shortlists.notice.invited-in-part'),
      orShow: (again, page) => showInvitations(web, again, page),
    });
  });
  router.post('/events/:eventId/shortlist', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    let id = '';
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(namedForm, req.body);
        id = await web.runInTx(whoOf(req), (ctx) => keepInvited(ctx, { ...form, eventId }));
      },
      goTo: () => `/shortlists/${id}`,
      notice: 'shortlists.notice.made',
      orShow: (again, page) => showInvitations(web, again, page),
    });
  });
}
