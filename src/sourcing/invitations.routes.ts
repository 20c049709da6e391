import type { Request, Response } from 'express';
import { acceptedExtensions, documentsOf } from '../documents/index.ts';
import type { Policies } from '../kernel/policies.ts';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { findSuppliers, invitableSuppliers, standingsIn } from '../suppliers/index.ts';
import {
  addAttachments,
  giveRequisitionFile,
  removeEventAttachment,
  requisitionFiles,
} from './attachments.service.ts';
import { setAudience } from './audience.service.ts';
import { chooseSuppliers, inviteSuppliers } from './invitations.service.ts';
import { listShortlists } from './shortlists.service.ts';
import { invitationsForm, invitationsQuery } from './sourcing.forms.ts';
import { provenSuppliers } from './sourcing.queries.ts';
import { findEvent, listInvitations } from './sourcing.service.ts';
import type { Audience } from './sourcing-event.ts';

const MOST_SHOWN = 50;
const MEGABYTE = 1_048_576;

/** Those who are ticked, and others whose name matches: one list to choose from. */
async function candidates(
  ctx: Ctx,
  of: { eventId: string; ticked: readonly string[] | null; search: string },
) {
  const event = await findEvent(ctx, of.eventId);
  const invited = (await listInvitations(ctx, of.eventId)).map((invitation) => invitation.supplierId);
  // Who was told already is not asked back from here.
  const fixed = event.state === 'draft' ? [] : invited;
  const chosenIds = [...new Set([...fixed, ...(of.ticked ?? invited)])];
  const chosen = await findSuppliers(ctx, chosenIds);
  const matching = await invitableSuppliers(ctx, { search: of.search, limit: MOST_SHOWN + 1 });
  const proven = await provenSuppliers(ctx, event.categoryCode);
  // Who knows the category stands first, while nobody is searched for by name.
  const known =
    of.search === ''
      ? await findSuppliers(
          ctx,
          proven.map(({ supplierId }) => supplierId),
        )
      : [];
  const knownIds = known.map(({ id }) => id);
  const others = [...known, ...matching.filter(({ id }) => !knownIds.includes(id))]
    .filter(({ id }) => !chosenIds.includes(id))
    .slice(0, MOST_SHOWN);
  const shownIds = [...chosen, ...others].map(({ id }) => id);
  const standings = await standingsIn(ctx, { ...event, supplierIds: shownIds });
  const provenBy = new Map(proven.map((one) => [one.supplierId, one]));
  const hasMore = matching.length > MOST_SHOWN;
  return { event, fixed, chosen, others, provenBy, standings, hasMore, search: of.search };
}

/** The page that acts on whom to invite show again. */
export async function showInvitations(web: WebDeps, req: Request, res: Response): Promise<void> {
  const eventId = idParam(req, 'eventId');
  const { supplierId, q: search } = invitationsQuery.parse(res.locals.typed ?? req.query);
  const ticked = supplierId.length > 0 || search !== '' ? supplierId : null;
  const { limits, ...model } = await web.runInTx(whoOf(req), async (ctx) => ({
    ...(await candidates(ctx, { eventId, ticked, search })),
    documents: await documentsOf(ctx, 'sourcing_event', eventId),
    shortlists: await listShortlists(ctx),
    needed: await requisitionFiles(ctx, eventId),
    limits: ctx.policies.limits,
  }));
  await web.showPage(res, 'sourcing/invitations', {
    ...model,
    title: `${model.event.reference} ${model.event.title}`,
    accept: acceptedExtensions,
    megabytes: Math.round(limits.uploadBytes / MEGABYTE),
  });
}

/** Whom to invite, and the files they get: the second screen of a new event. */
export function addInvitations(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const uploads = { files: limits.uploadsPerDocument, bytesPerFile: limits.uploadBytes };

  const show = (req: Request, res: Response): Promise<void> => showInvitations(web, req, res);
  router.get('/events/:eventId/invitations', 'sourcing_event.manage', show);

  // The list alone, while somebody types into the search field.
  router.get('/events/:eventId/invitations/candidates', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const { supplierId: ticked, q: search } = invitationsQuery.parse(req.query);
    const model = await web.runInTx(whoOf(req), (ctx) => candidates(ctx, { eventId, ticked, search }));
    await web.showFragment(res, 'sourcing/_candidates', model);
  });

  // One form for both, so that choosing files does not forget the ticks, nor a search the files.
  router.upload('/events/:eventId/invitations', 'sourcing_event.manage', uploads, async (req, res) => {
    const eventId = idParam(req, 'eventId');
    let goTo = `/events/${eventId}`;
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(invitationsForm, req.body);
        await web.runInTx(whoOf(req), (ctx) =>
          saveInvitations(ctx, { ...form, eventId, files: req.uploads }),
        );
        if (form.next !== 'save') goTo = `/events/${eventId}/invitations?${queryOf(form)}`;
      },
      goTo: () => goTo,
      orShow: show,
    });
  });

  router.post('/events/:eventId/requisition-files/:documentId', 'sourcing_event.manage', async (req, res) => {
    const of = { eventId: idParam(req, 'eventId'), documentId: idParam(req, 'documentId') };
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => giveRequisitionFile(ctx, of)),
      goTo: `/events/${of.eventId}/invitations#attachments`,
      notice: 'requisitions.notice.file-given',
      orShow: show,
    });
  });

  const removal = '/events/:eventId/attachments/:documentId/removal';
  router.post(removal, 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const documentId = idParam(req, 'documentId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => removeEventAttachment(ctx, { eventId, documentId })),
      goTo: `/events/${eventId}/invitations`,
      notice: 'sourcing.notice.file-removed',
      orShow: show,
    });
  });
}

async function saveInvitations(
  ctx: Ctx,
  of: {
    eventId: string;
    supplierId: readonly string[];
    next: string;
    files: readonly UploadedFile[];
    audience?: Audience | undefined;
  },
): Promise<void> {
  if (of.files.length > 0) await addAttachments(ctx, of.eventId, of.files);
  if (of.audience !== undefined) await setAudience(ctx, { eventId: of.eventId, audience: of.audience });
  if (of.next !== 'save') return;
  const event = await findEvent(ctx, of.eventId);
  const save = event.state === 'draft' ? chooseSuppliers : inviteSuppliers;
  await save(ctx, of.eventId, of.supplierId);
}

/** The ticks that are not saved yet go along in the address. */
function queryOf({ q, supplierId }: { q: string; supplierId: readonly string[] }): string {
  const query = new URLSearchParams({ q });
  for (const id of supplierId) query.append('supplierId', id);
  return query.toString();
}
