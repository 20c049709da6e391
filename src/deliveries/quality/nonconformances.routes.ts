import type { Request, Response } from 'express';
import { acceptedExtensions } from '../../documents/index.ts';
import type { Policies } from '../../kernel/policies.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { idParam, pageRequest, parseForm } from '../../platform/web/params.ts';
import type { PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { claims, dispositions, nonconformanceLifecycle, severities } from './nonconformance.ts';
import {
  getNonconformanceList,
  getNonconformancePage,
  getReportForm,
} from './nonconformance-page.service.ts';
import {
  answerForm,
  closingForm,
  findingForm,
  nonconformanceListQuery,
  returnForm,
  verificationForm,
} from './nonconformances.forms.ts';
import {
  answerNonconformance,
  closeNonconformance,
  reportNonconformance,
  returnAnswer,
  verifyNonconformance,
} from './nonconformances.service.ts';

const MEGABYTE = 1_048_576;

/** What was wrong with goods: reporting it, the supplier's answers step by step, and its end. */
export function addNonconformances(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  router.get('/nonconformances', 'nonconformance.read', async (req, res) => {
    const filter = nonconformanceListQuery.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => getNonconformanceList(ctx, filter, request));
    await web.showPage(res, 'deliveries/nonconformances', {
      titleKey: 'nonconformances.list.heading',
      ...page,
      isFirst: request.after === null,
      filter,
      states: nonconformanceLifecycle.states,
      query: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null)),
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  addReport(router, web);

  const show = async (req: Request, res: Response): Promise<void> => {
    const nonconformanceId = idParam(req, 'nonconformanceId');
    const page = await web.runInTx(whoOf(req), (ctx) => getNonconformancePage(ctx, nonconformanceId));
    await web.showPage(res, 'deliveries/nonconformance', {
      title: page.nonconformance.reference,
      ...page,
      isSupplier: req.actor.kind === 'supplier',
      accept: acceptedExtensions,
      megabytes: Math.round(limits.uploadBytes / MEGABYTE),
    });
  };
  router.get('/nonconformances/:nonconformanceId', 'nonconformance.read', show);

  const uploads = { files: limits.uploadsPerDocument, bytesPerFile: limits.uploadBytes };
  router.upload(
    '/nonconformances/:nonconformanceId/answer',
    'nonconformance.answer',
    uploads,
    async (req, res) => {
      const nonconformanceId = idParam(req, 'nonconformanceId');
      await web.submitForm(req, res, {
        act: async () => {
          const form = { ...parseForm(answerForm, req.body), files: req.uploads };
          await web.runInTx(whoOf(req), (ctx) => answerNonconformance(ctx, { ...form, nonconformanceId }));
        },
        goTo: `/nonconformances/${nonconformanceId}`,
        notice: 'nonconformances.notice.answered',
        orShow: show,
      });
    },
  );
  addJudgements(router, web, show);
}

/** What we do to an answer: each is a form of the page, which shows it again when it is refused. */
function addJudgements(
  router: PortalRouter,
  web: WebDeps,
  show: (req: Request, res: Response) => Promise<void>,
): void {
  const addAct = <Form>(
    path: string,
    of: {
      read(req: Request): Form;
      act(ctx: Ctx, form: Form & { nonconformanceId: string }): Promise<void>;
      notice: string;
    },
  ): void =>
    router.post(`/nonconformances/:nonconformanceId/${path}`, 'nonconformance.judge', async (req, res) => {
      const nonconformanceId = idParam(req, 'nonconformanceId');
      await web.submitForm(req, res, {
        act: () => {
          const form = of.read(req);
          return web.runInTx(whoOf(req), (ctx) => of.act(ctx, { ...form, nonconformanceId }));
        },
        goTo: `/nonconformances/${nonconformanceId}`,
        notice: `nonconformances.notice.${of.notice}`,
        orShow: show,
      });
    });
  addAct('return', { read: (req) => parseForm(returnForm, req.body), act: returnAnswer, notice: 'returned' });
  addAct('verification', {
    read: (req) => parseForm(verificationForm, req.body),
    act: verifyNonconformance,
    notice: 'verified',
  });
  addAct('closure', {
    read: (req) => parseForm(closingForm, req.body),
    act: closeNonconformance,
    notice: 'closed',
  });
}

/** Reporting goods of a receipt. */
function addReport(router: PortalRouter, web: WebDeps): void {
  const showReport = async (req: Request, res: Response): Promise<void> => {
    const receiptId = idParam(req, 'receiptId');
    const form = await web.runInTx(whoOf(req), (ctx) => getReportForm(ctx, receiptId));
    await web.showPage(res, 'deliveries/nonconformance-form', {
      titleKey: 'nonconformances.form.heading',
      ...form,
      severities,
      dispositions,
      claims,
    });
  };
  router.get('/receipts/:receiptId/nonconformances/new', 'nonconformance.report', showReport);

  router.post('/receipts/:receiptId/nonconformances', 'nonconformance.report', async (req, res) => {
    const receiptId = idParam(req, 'receiptId');
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(findingForm, req.body);
        const id = await web.runInTx(whoOf(req), (ctx) => reportNonconformance(ctx, { ...form, receiptId }));
        goTo = `/nonconformances/${id}`;
      },
      goTo: () => goTo,
      notice: 'nonconformances.notice.sent',
      orShow: showReport,
    });
  });
}
