import type { Request, Response } from 'express';
import { approvalIdsOf, findApproval } from '../approvals/index.ts';
import { timelineOf } from '../audit/index.ts';
import { listCategories, listPlants } from '../catalog/index.ts';
import { acceptedExtensions, documentsOf } from '../documents/index.ts';
import { MOST_ROWS_IN_A_FILE, wholeList } from '../kernel/page.ts';
import type { Policies } from '../kernel/policies.ts';
import { dayIn } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { asQuery, isFiltered } from '../platform/web/list-query.ts';
import { idParam, pageRequest } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import type { LineTrace } from './line-trace.ts';
import { wholeLines } from './parts.ts';
import { estimateOf, requisitionLifecycle, requisitionSteps } from './requisition.ts';
import { findBudgetsOf } from './requisition-acts.service.ts';
import { listRequisitions, type RequisitionListFilter } from './requisition-list.queries.ts';
import { requisitionsFile } from './requisition-list.report.ts';
import { type RequisitionFilter, requisitionFilter } from './requisitions.forms.ts';
import { namesOfRequisition } from './requisitions.queries.ts';
import { findRequisition, findRequisitionLines, isOwnOf, readingOf } from './requisitions.service.ts';

/** What the pages stand on besides the web: later domains say what has become of a line. */
export type RequisitionHouse = {
  readonly catalogue: Catalogue;
  readonly limits: Policies['limits'];
  readonly traceLines: (ctx: Ctx, requisitionLineIds: readonly string[]) => Promise<LineTrace[]>;
};

/** The list of requisitions, and each one's page. */
export function addRequisitionPages(router: PortalRouter, web: WebDeps, house: RequisitionHouse): void {
  router.get('/requisitions', 'requisition.read', async (req, res) => {
    const filter = requisitionFilter.parse(req.query);
    const request = pageRequest(req);
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await listRequisitions(ctx, { ...asked(ctx, filter), reading: readingOf(ctx) }, request),
      categories: await listCategories(ctx),
      plants: await listPlants(ctx),
    }));
    await web.showPage(res, 'requisitions/list', {
      titleKey: 'requisitions.title',
      ...model,
      filter,
      query: asQuery(filter, 'newest'),
      isFiltered: isFiltered(filter),
      states: requisitionLifecycle.states,
      isFirst: request.after === null,
    });
  });

  router.get('/requisitions/export.csv', 'requisition.read', async (req, res) => {
    const filter = requisitionFilter.parse(req.query);
    const { rows, day } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: wholeList(
        await listRequisitions(
          ctx,
          { ...asked(ctx, filter), reading: readingOf(ctx) },
          { after: null, limit: MOST_ROWS_IN_A_FILE },
        ),
      ),
      day: dayIn(ctx.now, req.timeZone),
    }));
    await web.sendCsv(res, requisitionsFile(rows, day));
  });

  router.get('/requisitions/:requisitionId', 'requisition.read', (req, res) =>
    showRequisition(web, house, req, res),
  );
}

const asked = (ctx: Ctx, { q, mine, ...filter }: RequisitionFilter): RequisitionListFilter => ({
  ...filter,
  search: q,
  requesterId: mine === null ? null : ctx.actor.userId,
});

/** The page of a requisition; acts that are refused show it again, with what was wrong. */
export async function showRequisition(
  web: WebDeps,
  house: RequisitionHouse,
  req: Request,
  res: Response,
): Promise<void> {
  const requisitionId = idParam(req, 'requisitionId');
  const model = await web.runInTx(whoOf(req), async (ctx) => {
    const requisition = await findRequisition(ctx, requisitionId);
    const lines = await findRequisitionLines(ctx, requisitionId);
    const trace = await house.traceLines(
      ctx,
      lines.map((line) => line.id),
    );
    const plants = await listPlants(ctx);
    return {
      requisition,
      lines: wholeLines(lines).map((line) => ({
        ...line,
        amount: estimateOf(line, requisition.currency),
        plant: plants.find(({ code }) => code === line.plantCode),
        parts: line.parts.map((part) => ({
          ...part,
          trace: trace.filter((one) => one.requisitionLineId === part.id),
        })),
      })),
      names: await namesOfRequisition(ctx, requisitionId),
      documents: await documentsOf(ctx, 'requisition', requisitionId),
      budgets: requisition.state === 'submitted' ? await findBudgetsOf(ctx, requisition, lines) : [],
      approval: await findApproval(ctx, { documentType: 'requisition', documentId: requisitionId }),
      timeline: await timelineOf(ctx, requisitionId, ...(await approvalIdsOf(ctx, requisitionId))),
      isOwn: isOwnOf(ctx, requisition),
    };
  });
  const { requisition } = model;
  await web.showPage(res, 'requisitions/requisition', {
    ...model,
    title: `${requisition.reference} ${requisition.title}`,
    steps: requisitionSteps.map((step) => step.key),
    currentStep: requisitionSteps.findIndex((step) => step.states.includes(requisition.state)),
    actions: requisitionLifecycle.actionsIn(requisition.state),
    accept: acceptedExtensions,
    megabytes: Math.round(house.limits.uploadBytes / 1_048_576),
  });
}
