import type { Request, Response } from 'express';
import type { Policies } from '../../kernel/policies.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { idParam, pageRequest, parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { creditNoteKinds, creditNoteStates } from './credit-note.ts';
import { getCreditForm, getCreditNoteList, getCreditNotePage } from './credit-note-page.service.ts';
import {
  agreementForm,
  answerForm,
  creditForm,
  creditNoteListQuery,
  revisionForm,
} from './credit-notes.forms.ts';
import {
  answerCreditNote,
  approveCreditNote,
  reviseDebitNote,
  submitCreditNote,
} from './credit-notes.service.ts';

/** Credit notes of suppliers and debit notes of ours, from both sides. */
export function creditNotesRoutes(web: WebDeps, { limits }: { limits: Policies['limits'] }): PortalRouter {
  const router = makeRouter(web);

  router.get('/credit-notes', 'credit_note.read', async (req, res) => {
    const filter = creditNoteListQuery.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => getCreditNoteList(ctx, filter, request));
    await web.showPage(res, 'invoices/credit-notes', {
      titleKey: 'credits.list.heading',
      ...page,
      isFirst: request.after === null,
      filter,
      kinds: creditNoteKinds,
      states: creditNoteStates,
      query: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null)),
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  addSubmission(router, web, limits);

  const show = async (req: Request, res: Response): Promise<void> => {
    const creditNoteId = idParam(req, 'creditNoteId');
    const page = await web.runInTx(whoOf(req), (ctx) => getCreditNotePage(ctx, creditNoteId));
    await web.showPage(res, 'invoices/credit-note', {
      title: page.note.reference,
      ...page,
      isSupplier: req.actor.kind === 'supplier',
    });
  };
  router.get('/credit-notes/:creditNoteId', 'credit_note.read', show);
  addAnswers(router, web, show);
  return router;
}

/** A supplier credits one of its invoices. */
function addSubmission(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const showForm = async (req: Request, res: Response): Promise<void> => {
    const invoiceId = idParam(req, 'invoiceId');
    const form = await web.runInTx(whoOf(req), (ctx) => getCreditForm(ctx, invoiceId));
    await web.showPage(res, 'invoices/credit-note-form', { titleKey: 'credits.form.heading', ...form });
  };
  router.get('/invoices/:invoiceId/credit-notes/new', 'credit_note.submit', showForm);
  const uploads = { files: 1, bytesPerFile: limits.uploadBytes };
  router.upload('/invoices/:invoiceId/credit-notes', 'credit_note.submit', uploads, async (req, res) => {
    const invoiceId = idParam(req, 'invoiceId');
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const entered = parseForm(creditForm, req.body);
        const files = req.uploads;
        const id = await web.runInTx(whoOf(req), (ctx) =>
          submitCreditNote(ctx, { invoiceId, entered, files }),
        );
        goTo = `/credit-notes/${id}`;
      },
      goTo: () => goTo,
      notice: 'credits.notice.submitted',
      orShow: showForm,
    });
  });
}

/** What is answered to a note: each is a form of the page, which shows it again when it is refused. */
function addAnswers(
  router: PortalRouter,
  web: WebDeps,
  show: (req: Request, res: Response) => Promise<void>,
): void {
  const answered =
    <Form>(of: {
      read(req: Request): Form;
      act(ctx: Ctx, form: Form & { creditNoteId: string }): Promise<void>;
      notice: string;
    }) =>
    async (req: Request, res: Response): Promise<void> => {
      const creditNoteId = idParam(req, 'creditNoteId');
      await web.submitForm(req, res, {
        act: () => {
          const form = of.read(req);
          return web.runInTx(whoOf(req), (ctx) => of.act(ctx, { ...form, creditNoteId }));
        },
        goTo: `/credit-notes/${creditNoteId}`,
        notice: `credits.notice.${of.notice}`,
        orShow: show,
      });
    };
  const readAgreement = (req: Request) => parseForm(agreementForm, req.body);
  const readAnswer = ({ body }: Request) => {
    const { reason, version } = parseForm(answerForm, body);
    return { version, answer: reason };
  };
  const act =
    (name: Parameters<typeof answerCreditNote>[1]['act']) =>
    (ctx: Ctx, form: { creditNoteId: string; version: number; answer?: string }) =>
      answerCreditNote(ctx, { answer: null, ...form, act: name });

  router.post(
    '/credit-notes/:creditNoteId/approval',
    'credit_note.approve',
    answered({ read: readAgreement, act: approveCreditNote, notice: 'approved' }),
  );
  router.post(
    '/credit-notes/:creditNoteId/rejection',
    'credit_note.approve',
    answered({ read: readAnswer, act: act('reject'), notice: 'rejected' }),
  );
  router.post(
    '/credit-notes/:creditNoteId/taking-back',
    'credit_note.submit',
    answered({ read: readAnswer, act: act('take-back'), notice: 'taken-back' }),
  );
  router.post(
    '/credit-notes/:creditNoteId/acceptance',
    'credit_note.answer',
    answered({ read: readAgreement, act: act('accept'), notice: 'accepted' }),
  );
  router.post(
    '/credit-notes/:creditNoteId/contest',
    'credit_note.answer',
    answered({ read: readAnswer, act: act('contest'), notice: 'contested' }),
  );
  router.post(
    '/credit-notes/:creditNoteId/revision',
    'credit_note.manage',
    answered({ read: (req) => parseForm(revisionForm, req.body), act: reviseDebitNote, notice: 'revised' }),
  );
  router.post(
    '/credit-notes/:creditNoteId/withdrawal',
    'credit_note.manage',
    answered({ read: readAnswer, act: act('withdraw'), notice: 'withdrawn' }),
  );
}
