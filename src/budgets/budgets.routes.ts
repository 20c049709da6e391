import type { Request, Response } from 'express';
import { timelineOf } from '../audit/index.ts';
import { MOST_ROWS_IN_A_FILE, wholeList } from '../kernel/page.ts';
import type { Policies } from '../kernel/policies.ts';
import { dayIn } from '../kernel/time.ts';
import { asQuery, isFiltered } from '../platform/web/list-query.ts';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import { previewUpload } from '../platform/web/preview-upload.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { leftOf, overBudgetPolicies } from './budget.ts';
import { type BudgetListFilter, listBudgets } from './budget-list.queries.ts';
import { budgetFilter, budgetForm, importForm, newBudgetForm } from './budgets.forms.ts';
import {
  budgetChoices,
  changeBudget,
  createBudget,
  findBudget,
  importBudgets,
  listCommitments,
} from './budgets.service.ts';
import { type BudgetPreview, budgetsFile, readBudgets } from './budgets.sheet.ts';

const asked = (query: unknown): BudgetListFilter => {
  const { q, plant, year } = budgetFilter.parse(query);
  return { search: q, plant, year: year === null ? null : Number(year) };
};

/** What may be spent, what is spoken for, and what is left. */
export function budgetsRoutes(web: WebDeps, { limits }: { limits: Policies['limits'] }): PortalRouter {
  const router = makeRouter(web);
  addList(router, web);
  addImport(router, web, limits);

  const showNew = async (req: Request, res: Response): Promise<void> => {
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      ...(await budgetChoices(ctx)),
      currency: ctx.policies.company.currency,
      year: dayIn(ctx.now, ctx.policies.company.timeZone).slice(0, 4),
    }));
    await web.showPage(res, 'budgets/new', {
      titleKey: 'budgets.new',
      ...model,
      policies: overBudgetPolicies,
    });
  };
  router.get('/budgets/new', 'budget.manage', showNew);

  router.post('/budgets', 'budget.manage', (req, res) => {
    let goTo = '';
    return web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(newBudgetForm, req.body);
        goTo = `/budgets/${await web.runInTx(whoOf(req), (ctx) => createBudget(ctx, form))}`;
      },
      goTo: () => goTo,
      notice: 'budgets.notice.created',
      orShow: showNew,
    });
  });

  const show = async (req: Request, res: Response): Promise<void> => {
    const budgetId = idParam(req, 'budgetId');
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      budget: await findBudget(ctx, budgetId),
      commitments: await listCommitments(ctx, budgetId),
      timeline: await timelineOf(ctx, budgetId),
      ...(await budgetChoices(ctx)),
    }));
    await web.showPage(res, 'budgets/budget', {
      title: `${model.budget.account} ${model.budget.plantCode} ${model.budget.year}`,
      ...model,
      left: leftOf(model.budget),
      policies: overBudgetPolicies,
    });
  };
  router.get('/budgets/:budgetId', 'budget.read', show);

  router.post('/budgets/:budgetId', 'budget.manage', async (req, res) => {
    const id = idParam(req, 'budgetId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(budgetForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => changeBudget(ctx, { ...form, id }));
      },
      goTo: `/budgets/${id}`,
      notice: 'budgets.notice.changed',
      orShow: show,
    });
  });
  return router;
}

function addList(router: PortalRouter, web: WebDeps): void {
  router.get('/budgets', 'budget.read', async (req, res) => {
    const filter = budgetFilter.parse(req.query);
    const request = pageRequest(req);
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listBudgets(ctx, asked(req.query), request),
      plants: (await budgetChoices(ctx)).plants,
    }));
    await web.showPage(res, 'budgets/list', {
      titleKey: 'budgets.title',
      ...model,
      filter,
      query: asQuery({ ...filter, sort: 'account' }, 'account'),
      isFiltered: isFiltered(filter),
      isFirst: request.after === null,
      leftOf,
    });
  });

  router.get('/budgets/export.csv', 'budget.read', async (req, res) => {
    const { rows, now } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: wholeList(await listBudgets(ctx, asked(req.query), { after: null, limit: MOST_ROWS_IN_A_FILE })),
      now: ctx.now,
    }));
    await web.sendCsv(res, budgetsFile(rows, { now, timeZone: req.timeZone }));
  });
}

/** Budgets from a spreadsheet: a look at what was read, then taking it over. */
function addImport(router: PortalRouter, web: WebDeps, limits: Policies['limits']): void {
  const show = (res: Response, preview: BudgetPreview | null): Promise<void> =>
    web.showPage(res, 'budgets/import', {
      titleKey: 'budgets.import.heading',
      preview,
      carried: (preview?.budgets ?? []).map((budget) => JSON.stringify(budget)),
      megabytes: Math.round(limits.spreadsheetBytes / 1_048_576),
    });
  router.get('/budgets/import', 'budget.manage', (_req, res) => show(res, null));

  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  router.upload('/budgets/import', 'budget.manage', upload, async (req, res) => {
    const preview = await previewUpload(req, res, {
      noFile: 'budget.has-no-file',
      limits: { maxBytes: limits.spreadsheetBytes, maxRows: 2_000, maxColumns: 60 },
      async read(sheet) {
        const { plants, owners } = await web.runInTx(whoOf(req), budgetChoices);
        return readBudgets(sheet, { plants: plants.map(({ code }) => code), owners });
      },
    });
    await show(res, preview);
  });

  router.post('/budgets/imported', 'budget.manage', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const { budget } = parseForm(importForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => importBudgets(ctx, budget));
      },
      goTo: '/budgets',
      notice: 'budgets.notice.imported',
      orShow: (_req, shown) => show(shown, null),
    });
  });
}
