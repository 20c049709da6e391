import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { minorUnits } from '../../kernel/money.ts';
import { dayIn } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { Catalogue } from '../../platform/i18n/catalogue.ts';
import { documentWords } from '../../platform/pdf/document-words.ts';
import type { ExportRow } from '../../platform/sheet/export.ts';
import { streamXlsx } from '../../platform/sheet/stream-xlsx.ts';
import { idParam, pageRequest, parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { getStatementInvoiceForm } from '../invoice-form-page.service.ts';
import { asksToRecalculate, enteredOf, submissionForm, typedOf } from '../invoices.forms.ts';
import { submitStatementInvoice } from '../submission.service.ts';
import { drawStatement } from './statement.pdf.ts';
import { statementSheet } from './statement.sheet.ts';
import { statementStates } from './statement.ts';
import { getBuildForm, getStatement, getStatementList, getStatementPage } from './statement-page.service.ts';
import {
  buildForm,
  buildQuery,
  confirmationForm,
  disputeForm,
  revisionForm,
  sendingForm,
  statementListQuery,
} from './statements.forms.ts';
import {
  buildStatements,
  confirmStatement,
  disputeStatement,
  rebuildStatement,
  reviseStatement,
  sendStatement,
} from './statements.service.ts';

/** What came in a month, agreed with its supplier and then invoiced at once. */
export function statementsRoutes(web: WebDeps, { catalogue }: { catalogue: Catalogue }): PortalRouter {
  const router = makeRouter(web);

  router.get('/statements', 'statement.read', async (req, res) => {
    const filter = statementListQuery.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => getStatementList(ctx, filter, request));
    const month = filter.month?.slice(0, 7) ?? null;
    await web.showPage(res, 'invoices/statements', {
      titleKey: 'statements.list.heading',
      ...page,
      isFirst: request.after === null,
      filter: { ...filter, month },
      states: statementStates.filter((state) => state !== 'draft' || req.actor.kind !== 'supplier'),
      query: Object.fromEntries(Object.entries({ ...filter, month }).filter(([, value]) => value !== null)),
      isSupplier: req.actor.kind === 'supplier',
    });
  });

  addBuilding(router, web);
  const show = async (req: Request, res: Response): Promise<void> => {
    const statementId = idParam(req, 'statementId');
    const page = await web.runInTx(whoOf(req), (ctx) => getStatementPage(ctx, statementId));
    await web.showPage(res, 'invoices/statement', {
      title: page.statement.reference,
      ...page,
      isSupplier: req.actor.kind === 'supplier',
    });
  };
  router.get('/statements/:statementId', 'statement.read', show);
  addActs(router, web, show);
  addFiles(router, web, catalogue);
  addInvoicing(router, web);
  return router;
}

function addBuilding(router: PortalRouter, web: WebDeps): void {
  const showNew = async (req: Request, res: Response): Promise<void> => {
    const asked = buildQuery.parse(req.method === 'POST' ? req.body : req.query);
    const form = await web.runInTx(whoOf(req), (ctx) => getBuildForm(ctx, asked));
    await web.showPage(res, 'invoices/statement-new', { titleKey: 'statements.new.heading', ...form });
  };
  router.get('/statements/new', 'statement.make', showNew);
  router.post('/statements', 'statement.make', async (req, res) => {
    let goTo = '/statements';
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(buildForm, req.body);
        const ids = await web.runInTx(whoOf(req), (ctx) => buildStatements(ctx, form));
        goTo = ids.length === 1 ? `/statements/${ids[0]}` : '/statements?state=draft';
      },
      goTo: () => goTo,
      notice: 'statements.notice.built',
      orShow: showNew,
    });
  });
}

/** What each side does with a statement: each is a form of the page, which shows it again when it is refused. */
function addActs(
  router: PortalRouter,
  web: WebDeps,
  show: (req: Request, res: Response) => Promise<void>,
): void {
  const acting =
    <Form>(of: {
      read(req: Request): Form;
      act(ctx: Ctx, form: Form & { statementId: string }): Promise<void>;
      notice: string;
    }) =>
    async (req: Request, res: Response): Promise<void> => {
      const statementId = idParam(req, 'statementId');
      await web.submitForm(req, res, {
        act: () => {
          const form = of.read(req);
          return web.runInTx(whoOf(req), (ctx) => of.act(ctx, { ...form, statementId }));
        },
        goTo: `/statements/${statementId}`,
        notice: `statements.notice.${of.notice}`,
        orShow: show,
      });
    };
  router.post(
    '/statements/:statementId/rebuilding',
    'statement.make',
    acting({
      read: (req) => parseForm(confirmationForm, req.body),
      act: rebuildStatement,
      notice: 'rebuilt',
    }),
  );
  router.post(
    '/statements/:statementId/sending',
    'statement.make',
    acting({ read: (req) => parseForm(sendingForm, req.body), act: sendStatement, notice: 'sent' }),
  );
  router.post(
    '/statements/:statementId/revision',
    'statement.make',
    acting({ read: (req) => parseForm(revisionForm, req.body), act: reviseStatement, notice: 'revised' }),
  );
  router.post(
    '/statements/:statementId/confirmation',
    'statement.answer',
    acting({
      read: (req) => parseForm(confirmationForm, req.body),
      act: confirmStatement,
      notice: 'confirmed',
    }),
  );
  router.post(
    '/statements/:statementId/dispute',
    'statement.answer',
    acting({ read: (req) => parseForm(disputeForm, req.body), act: disputeStatement, notice: 'disputed' }),
  );
}

/** The statement as a spreadsheet and as a document, in the reader's language. */
function addFiles(router: PortalRouter, web: WebDeps, catalogue: Catalogue): void {
  const wordsFor = (req: Request) => ({
    t: catalogue.translator(req.locale),
    hasText: (key: string) => catalogue.has(req.locale, key),
  });
  router.get('/statements/:statementId/statement.xlsx', 'statement.read', async (req, res) => {
    const statementId = idParam(req, 'statementId');
    const shown = await web.runInTx(whoOf(req), (ctx) => getStatement(ctx, statementId));
    const words = documentWords(req.locale, wordsFor(req));
    const { columns, rows } = statementSheet(shown, words);
    res.attachment(`${shown.statement.reference}.xlsx`);
    res.set('Cache-Control', 'private, no-store');
    const name = words.t('statements.page.title');
    // A reader who goes away in the middle is no error of ours.
    await pipeline(streamXlsx({ name, columns }, oneByOne(rows)), res).catch(() => res.destroy());
  });

  router.get('/statements/:statementId/statement.pdf', 'statement.read', async (req, res) => {
    const statementId = idParam(req, 'statementId');
    const { reference, content } = await web.runInTx(whoOf(req), async (ctx) => {
      const shown = await getStatement(ctx, statementId);
      const by = {
        ...wordsFor(req),
        locale: req.locale,
        company: ctx.policies.company,
        issuedAt: ctx.now,
      };
      return { reference: shown.statement.reference, content: await drawStatement(shown, by) };
    });
    res.set({
      'Content-Type': 'application/pdf',
      'Content-Disposition': `attachment; filename="${reference}.pdf"`,
      'Cache-Control': 'private, no-store',
    });
    res.send(content);
  });
}

async function* oneByOne(rows: readonly ExportRow[]): AsyncGenerator<ExportRow> {
  yield* rows;
}

/** The supplier's one invoice of an agreed statement. */
function addInvoicing(router: PortalRouter, web: WebDeps): void {
  const showForm = async (req: Request, res: Response): Promise<void> => {
    const statementId = idParam(req, 'statementId');
    const typed = req.method === 'POST' ? typedOf(req.body) : null;
    const { form, today } = await web.runInTx(whoOf(req), async (ctx) => ({
      form: await getStatementInvoiceForm(ctx, { statementId, typed }),
      today: dayIn(ctx.now, req.timeZone),
    }));
    if (req.method === 'POST') res.locals.typed ??= req.body;
    await web.showPage(res, 'invoices/statement-invoice', {
      titleKey: 'statements.invoice.title',
      titleParams: { reference: form.statement.reference },
      ...form,
      today: today < form.orderIssuedOn ? form.orderIssuedOn : today,
      minorUnits: minorUnits(form.receipt.currency),
    });
  };
  router.get('/statements/:statementId/invoice/new', 'invoice.submit', showForm);
  router.post('/statements/:statementId/invoice', 'invoice.submit', async (req, res) => {
    const statementId = idParam(req, 'statementId');
    if (asksToRecalculate(req.body)) return showForm(req, res);
    let invoiceId = '';
    await web.submitForm(req, res, {
      act: async () => {
        const entered = enteredOf(parseForm(submissionForm, req.body));
        invoiceId = await web.runInTx(whoOf(req), (ctx) =>
          submitStatementInvoice(ctx, { statementId, entered }),
        );
      },
      goTo: () => `/invoices/${invoiceId}`,
      notice: 'invoices.notice.submitted',
      orShow: showForm,
    });
  });
}
