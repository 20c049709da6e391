import type { Request, Response } from 'express';
import { acceptedExtensions, documentsOf } from '../documents/index.ts';
import type { Policies } from '../kernel/policies.ts';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { findSuppliers, invitableSuppliers } from '../suppliers/index.ts';
import { addAttachments, removeEventAttachment } from './attachments.service.ts';
import { invitationsForm, invitationsQuery } from './sourcing.forms.ts';
import { chooseSuppliers, findEvent, inviteSuppliers, listInvitations } from './sourcing.service.ts';

const MOST_SHOWN = 50;
const MEGABYTE = 1_048_576;

/** Those who are ticked, and others whose name matches: one list to choose from. */
async function candidates(ctx: Ctx, of: { chosen: readonly string[]; search: string }) {
  const chosen = await findSuppliers(ctx, of.chosen);
  const matching = await invitableSuppliers(ctx, { search: of.search, limit: MOST_SHOWN + 1 });
  const others = matching.filter((supplier) => !of.chosen.includes(supplier.id));
  return { chosen, others: others.slice(0, MOST_SHOWN), hasMore: matching.length > MOST_SHOWN };
}

/** Whom to invite, and the files they get: the second screen of a new event. */
export function addInvitations(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const uploads = { files: limits.uploadsPerDocument, bytesPerFile: limits.uploadBytes };

  const show = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const typed = invitationsQuery.parse(res.locals.typed ?? req.query);
    const isChosenHere = typed.supplierId.length > 0 || typed.q !== '';
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const event = await findEvent(ctx, eventId);
      const invited = (await listInvitations(ctx, eventId)).map((invitation) => invitation.supplierId);
      const fixed = event.state === 'draft' ? [] : invited;
      const chosen = [...new Set([...fixed, ...(isChosenHere ? typed.supplierId : invited)])];
      return {
        event,
        fixed,
        ...(await candidates(ctx, { chosen, search: typed.q })),
        documents: await documentsOf(ctx, 'sourcing_event', eventId),
      };
    });
    await web.showPage(res, 'sourcing/invitations', {
      ...model,
      title: `${model.event.reference} ${model.event.title}`,
      search: typed.q,
      accept: acceptedExtensions,
      megabytes: Math.round(limits.uploadBytes / MEGABYTE),
    });
  };
  router.get('/events/:eventId/invitations', 'sourcing_event.manage', show);

  // The list alone, while somebody types into the search field.
  router.get('/events/:eventId/invitations/candidates', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const { supplierId, q } = invitationsQuery.parse(req.query);
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const event = await findEvent(ctx, eventId);
      const invited = (await listInvitations(ctx, eventId)).map((invitation) => invitation.supplierId);
      const fixed = event.state === 'draft' ? [] : invited;
      const chosen = [...new Set([...fixed, ...supplierId])];
      return { fixed, ...(await candidates(ctx, { chosen, search: q })) };
    });
    await web.showFragment(res, 'sourcing/_candidates', { ...model, search: q });
  });

  router.post('/events/:eventId/invitations', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    let goTo = `/events/${eventId}`;
    await web.submitForm(req, res, {
      act: async () => {
        const { supplierId, q, then } = parseForm(invitationsForm, req.body);
        if (then === 'search') {
          const query = new URLSearchParams({ q });
          for (const id of supplierId) query.append('supplierId', id);
          goTo = `/events/${eventId}/invitations?${query}`;
          return;
        }
        await web.runInTx(whoOf(req), async (ctx) => {
          const event = await findEvent(ctx, eventId);
          const save = event.state === 'draft' ? chooseSuppliers : inviteSuppliers;
          await save(ctx, eventId, supplierId);
        });
      },
      goTo: () => goTo,
      orShow: show,
    });
  });

  router.upload('/events/:eventId/attachments', 'sourcing_event.manage', uploads, async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => addAttachments(ctx, eventId, req.uploads)),
      goTo: `/events/${eventId}/invitations`,
      notice: 'sourcing.notice.files-added',
      orShow: show,
    });
  });

  router.post(
    '/events/:eventId/attachments/:documentId/removal',
    'sourcing_event.manage',
    async (req, res) => {
      const eventId = idParam(req, 'eventId');
      const documentId = idParam(req, 'documentId');
      await web.submitForm(req, res, {
        act: () => web.runInTx(whoOf(req), (ctx) => removeEventAttachment(ctx, { eventId, documentId })),
        goTo: `/events/${eventId}/invitations`,
        notice: 'sourcing.notice.file-removed',
        orShow: show,
      });
    },
  );
}
