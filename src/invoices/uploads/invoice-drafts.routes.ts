import type { Request, Response } from 'express';
import { minorUnits } from '../../kernel/money.ts';
import type { Policies } from '../../kernel/policies.ts';
import { idParam, parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { asksToRecalculate, enteredOf } from '../invoices.forms.ts';
import { getDraftPage, getUploadPage } from './invoice-draft-page.service.ts';
import {
  draftForm,
  draftPageQuery,
  draftSubmissionForm,
  draftVersionForm,
  sourceForm,
} from './invoice-drafts.forms.ts';
import { beginDraft, chooseSource, discardDraft, keepDraft, submitDraft } from './invoice-drafts.service.ts';

/** An invoice that begins with its supplier's own document: upload, what it is for, figures beside it, sending. */
export function invoiceDraftsRoutes(web: WebDeps, { limits }: { limits: Policies['limits'] }): PortalRouter {
  const router = makeRouter(web);

  const showUpload = async (req: Request, res: Response): Promise<void> => {
    const page = await web.runInTx(whoOf(req), getUploadPage);
    await web.showPage(res, 'invoices/upload', { titleKey: 'uploads.new.heading', ...page });
  };
  router.get('/invoices/new', 'invoice.submit', showUpload);
  const uploads = { files: 1, bytesPerFile: limits.uploadBytes };
  router.upload('/invoices/drafts', 'invoice.submit', uploads, async (req, res) => {
    let draftId = '';
    await web.submitForm(req, res, {
      act: async () => {
        draftId = await web.runInTx(whoOf(req), (ctx) => beginDraft(ctx, { files: req.uploads }));
      },
      goTo: () => `/invoices/drafts/${draftId}`,
      orShow: showUpload,
    });
  });

  const show = async (req: Request, res: Response): Promise<void> => {
    const draftId = idParam(req, 'draftId');
    const { choose, search } = draftPageQuery.parse(req.query);
    // Of the forms of this page only the figures hold what is typed.
    const isTyped = req.method === 'POST' && req.body?.supplierNumber !== undefined;
    const page = await web.runInTx(whoOf(req), (ctx) =>
      getDraftPage(ctx, { draftId, typed: isTyped ? req.body : null, isChoosing: choose, search }),
    );
    // What was typed, or saved before, stands in the fields.
    if (isTyped) res.locals.typed ??= req.body;
    else if (page.draft.typed !== null) res.locals.typed ??= page.draft.typed;
    await web.showPage(res, 'invoices/draft', {
      titleKey: 'uploads.draft.title',
      titleParams: { file: page.draft.fileName },
      ...page,
      isStale: res.statusCode === 409,
      minorUnits: minorUnits(page.form?.receipt.currency ?? 'USD'),
    });
  };
  router.get('/invoices/drafts/:draftId', 'invoice.submit', show);
  addActs(router, web, show);
  return router;
}

function addActs(
  router: PortalRouter,
  web: WebDeps,
  show: (req: Request, res: Response) => Promise<void>,
): void {
  const here = (req: Request) => `/invoices/drafts/${idParam(req, 'draftId')}`;

  router.post('/invoices/drafts/:draftId', 'invoice.submit', async (req, res) => {
    const draftId = idParam(req, 'draftId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(draftForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => keepDraft(ctx, { draftId, ...form }));
      },
      goTo: here(req),
      notice: 'uploads.notice.kept',
      orShow: show,
    });
  });

  router.post('/invoices/drafts/:draftId/source', 'invoice.submit', async (req, res) => {
    const draftId = idParam(req, 'draftId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(sourceForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => chooseSource(ctx, { draftId, ...form }));
      },
      goTo: here(req),
      orShow: show,
    });
  });

  router.post('/invoices/drafts/:draftId/submission', 'invoice.submit', async (req, res) => {
    const draftId = idParam(req, 'draftId');
    if (asksToRecalculate(req.body)) return show(req, res);
    await web.submitForm(req, res, {
      async act() {
        const { version, ...form } = parseForm(draftSubmissionForm, req.body);
        const entered = enteredOf(form);
        await web.runInTx(whoOf(req), (ctx) => submitDraft(ctx, { draftId, version, entered }));
      },
      goTo: `/invoices/${draftId}`,
      notice: 'invoices.notice.submitted',
      orShow: show,
    });
  });

  router.post('/invoices/drafts/:draftId/removal', 'invoice.submit', async (req, res) => {
    const draftId = idParam(req, 'draftId');
    await web.submitForm(req, res, {
      async act() {
        const form = parseForm(draftVersionForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => discardDraft(ctx, { draftId, ...form }));
      },
      goTo: '/invoices/new',
      notice: 'uploads.notice.discarded',
      orShow: show,
    });
  });
}
