import type { Request, Response } from 'express';
import { listAccounts } from '../budgets/index.ts';
import { listCategories, listPlants } from '../catalog/index.ts';
import { found } from '../kernel/errors.ts';
import { differingFields } from '../kernel/form-fields.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { assertIsDraft } from './requisition.ts';
import { submitRequisition } from './requisition-acts.service.ts';
import { gridRows, lineFields, termFields, typedLines } from './requisition-form.ts';
import { newRequisitionForm, reviseRequisitionForm, tidyLines } from './requisitions.forms.ts';
import {
  copyRequisition,
  createRequisition,
  findLastRequisition,
  findRequisitionLines,
  getOwn,
  reviseRequisition,
} from './requisitions.service.ts';

/** Above this the grid would be slower than the spreadsheet: lines are then changed by importing them. */
const MOST_LINES_IN_GRID = 300;
const CURRENCIES = ['USD', 'CNY', 'EUR', 'GBP', 'JPY', 'HKD', 'KRW', 'SGD', 'INR', 'MXN', 'BRL'];

/** What the selects of the form offer, within the scope of who fills it in. */
async function choices(ctx: Ctx, currency: string) {
  const within = placesOf(ctx.actor);
  const isIn = (codes: readonly string[] | null, code: string) => codes === null || codes.includes(code);
  return {
    categories: (await listCategories(ctx)).filter(({ code }) => isIn(within.categories, code)),
    plants: (await listPlants(ctx)).filter(({ code }) => isIn(within.plants, code)),
    accounts: await listAccounts(ctx),
    units: offeredUnits,
    currencies: [...new Set([currency, ...CURRENCIES])],
  };
}

/** Without JavaScript, a row is added by sending the form: it comes back as it was typed, with one row more. */
const asksForRow = (req: Request): boolean =>
  (req.body as { next?: unknown } | undefined)?.next === 'add-line';

/** A new form begins with the places, the currency and the account of the last one. */
async function newModel(ctx: Ctx) {
  const last = await findLastRequisition(ctx);
  const currency = last?.currency ?? ctx.policies.company.currency;
  const offered = await choices(ctx, currency);
  const plant = offered.plants.find(({ code }) => code === last?.plantCode) ?? offered.plants[0];
  const lastLines = last === undefined ? [] : await findRequisitionLines(ctx, last.id);
  return {
    ...offered,
    last: last ?? null,
    terms: {
      title: '',
      note: '',
      categoryCode: last?.categoryCode ?? '',
      plantCode: found('plant', plant).code,
      currency,
    },
    account: lastLines[0]?.account ?? '',
  };
}

/** Asking for something, and changing it while it is a draft. */
export function addRequisitionForms(router: PortalRouter, web: WebDeps): void {
  addNewForm(router, web);
  addEditForm(router, web);
}

function addNewForm(router: PortalRouter, web: WebDeps): void {
  const showNew = async (req: Request, res: Response): Promise<void> => {
    const model = await web.runInTx(whoOf(req), newModel);
    const lines = gridRows(typedLines(res.locals.typed?.['lines']), asksForRow(req) ? 1 : 0);
    await web.showPage(res, 'requisitions/new', { ...model, titleKey: 'requisitions.new', lines });
  };
  router.get('/requisitions/new', 'requisition.make', showNew);

  router.post('/requisitions', 'requisition.make', async (req, res) => {
    req.body = tidyLines(req.body);
    if (asksForRow(req)) return showAsTyped(req, res, showNew);
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { next, hasLines: _, ...form } = parseForm(newRequisitionForm, req.body);
        const id = await web.runInTx(whoOf(req), async (ctx) => {
          const made = await createRequisition(ctx, form);
          if (next === 'submit') await submitRequisition(ctx, made);
          return made;
        });
        goTo = nextPage(id, next);
      },
      goTo: () => goTo,
      notice: noticeOf(req),
      orShow: showNew,
    });
  });

  router.post('/requisitions/:requisitionId/copy', 'requisition.make', async (req, res) => {
    const requisitionId = idParam(req, 'requisitionId');
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const id = await web.runInTx(whoOf(req), (ctx) => copyRequisition(ctx, requisitionId));
        goTo = `/requisitions/${id}/edit`;
      },
      goTo: () => goTo,
      notice: 'requisitions.notice.copied',
      orShow: showNew,
    });
  });
}

function addEditForm(router: PortalRouter, web: WebDeps): void {
  const showEdit = async (req: Request, res: Response): Promise<void> => {
    const requisitionId = idParam(req, 'requisitionId');
    const typed = res.locals.typed;
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const requisition = await getOwn(ctx, requisitionId);
      if (typed === undefined) assertIsDraft(requisition);
      const stored = await findRequisitionLines(ctx, requisitionId);
      return {
        ...(await choices(ctx, requisition.currency)),
        requisition,
        stored,
        terms: termFields(requisition),
      };
    });
    const shown = typed === undefined ? model.stored.map(lineFields) : typedLines(typed['lines']);
    const isInGrid = model.stored.length <= MOST_LINES_IN_GRID;
    const isStale = res.statusCode === 409;
    await web.showPage(res, 'requisitions/edit', {
      ...model,
      title: `${model.requisition.reference} ${model.requisition.title}`,
      account: '',
      lines: isInGrid ? gridRows(shown, asksForRow(req) ? 1 : 0) : null,
      isStale,
      differences: isStale && typed !== undefined ? differingFields(model.terms, typed) : [],
    });
  };
  router.get('/requisitions/:requisitionId/edit', 'requisition.make', showEdit);

  router.post('/requisitions/:requisitionId/edit', 'requisition.make', async (req, res) => {
    const requisitionId = idParam(req, 'requisitionId');
    req.body = tidyLines(req.body);
    if (asksForRow(req)) return showAsTyped(req, res, showEdit);
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { next, hasLines, lines, ...form } = parseForm(reviseRequisitionForm, req.body);
        await web.runInTx(whoOf(req), async (ctx) => {
          await reviseRequisition(ctx, { ...form, requisitionId, lines: hasLines === 'yes' ? lines : null });
          if (next === 'submit') await submitRequisition(ctx, requisitionId);
        });
        goTo = nextPage(requisitionId, next);
      },
      goTo: () => goTo,
      notice: noticeOf(req),
      orShow: showEdit,
    });
  });
}

const nextPage = (id: string, next: 'save' | 'submit' | 'import'): string =>
  `/requisitions/${id}${next === 'import' ? '/lines/import' : ''}`;

const noticeOf = (req: Request): string =>
  (req.body as { next?: unknown } | undefined)?.next === 'submit'
    ? 'requisitions.notice.submitted'
    : 'requisitions.notice.saved';

function showAsTyped(
  req: Request,
  res: Response,
  show: (req: Request, res: Response) => Promise<void>,
): Promise<void> {
  res.locals.typed = req.body as Record<string, unknown>;
  return show(req, res);
}
