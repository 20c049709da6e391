import type { Request, Response } from 'express';
import { AppError, ruleBroken } from '../kernel/errors.ts';
import type { Policies } from '../kernel/policies.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { readSheet } from '../platform/sheet/read-sheet.ts';
import { writeTemplate } from '../platform/sheet/write-sheet.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { importRequirementsForm } from './evaluation-plan.forms.ts';
import { findPlan, importRequirements } from './evaluation-plan.service.ts';
import type { EvaluationPlan } from './evaluation-plan.ts';
import type { Lot } from './lot.ts';
import { type RequirementPreview, readRequirements, requirementTemplate } from './requirements.sheet.ts';
import { findEvent, findLots } from './sourcing.service.ts';
import { assertIsDraft, type SourcingEvent } from './sourcing-event.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const MOST_COLUMNS = 40;

type Loaded = {
  readonly event: SourcingEvent;
  readonly plan: EvaluationPlan;
  readonly lots: readonly Lot[];
  readonly madeAt: Date;
};

/** Questions as a spreadsheet: to take out, to fill in elsewhere, to look at and to take over. */
export function addRequirementImport(
  router: PortalRouter,
  web: WebDeps,
  { catalogue, limits }: { catalogue: Catalogue; limits: Policies['limits'] },
): void {
  const load = (req: Request): Promise<Loaded> =>
    web.runInTx(whoOf(req), async (ctx) => {
      const event = await findEvent(ctx, idParam(req, 'eventId'));
      const lots = await findLots(ctx, event.id);
      return { event, plan: await findPlan(ctx, event.id), lots, madeAt: ctx.now };
    });
  const show = async (
    res: Response,
    of: { event: SourcingEvent; plan: EvaluationPlan; preview: RequirementPreview | null },
  ): Promise<void> =>
    web.showPage(res, 'sourcing/requirements-import', {
      ...of,
      title: `${of.event.reference} ${of.event.title}`,
      // Each question goes along as text and is read again when it is confirmed.
      carried: (of.preview?.requirements ?? []).map((requirement) => JSON.stringify(requirement)),
      megabytes: Math.round(limits.spreadsheetBytes / 1_048_576),
    });

  router.get('/events/:eventId/requirements/export.xlsx', 'sourcing_event.read', async (req, res) => {
    const { event, ...of } = await load(req);
    const t = catalogue.translator(req.locale);
    const workbook = await writeTemplate(requirementTemplate({ reference: event.reference, ...of }, t));
    res
      .type(XLSX)
      .set('Content-Disposition', `attachment; filename="${event.reference}-questions.xlsx"`)
      .set('Cache-Control', 'private, no-store')
      .send(workbook);
  });

  router.get('/events/:eventId/requirements/import', 'sourcing_event.manage', async (req, res) => {
    const loaded = await load(req);
    assertIsDraft(loaded.event);
    await show(res, { ...loaded, preview: null });
  });

  // The preview is an answer and no page of its own: nothing is kept until it is confirmed.
  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  router.upload('/events/:eventId/requirements/import', 'sourcing_event.manage', upload, async (req, res) => {
    const loaded = await load(req);
    assertIsDraft(loaded.event);
    let preview: RequirementPreview | null = null;
    try {
      preview = await previewOf(req, loaded, limits);
      if (preview.errors.length > 0) res.status(422);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      res.status(422);
      res.locals['refusal'] = error;
    }
    await show(res, { ...loaded, preview });
  });

  router.post('/events/:eventId/requirements/import-confirmed', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => {
        const { question, ...how } = parseForm(importRequirementsForm, req.body);
        return web.runInTx(whoOf(req), (ctx) =>
          importRequirements(ctx, { ...how, eventId, requirements: question }),
        );
      },
      goTo: `/events/${eventId}/requirements`,
      notice: 'requirements.notice.imported',
      orShow: async (_, page) => show(page, { ...(await load(req)), preview: null }),
    });
  });
}

async function previewOf(
  req: Request,
  { plan, lots }: Pick<Loaded, 'plan' | 'lots'>,
  limits: Policies['limits'],
): Promise<RequirementPreview> {
  const file = req.uploads[0];
  if (file === undefined) throw ruleBroken('sourcing_event.has-no-file', 'No file was chosen');
  const sheet = await readSheet(file.path, {
    maxBytes: limits.spreadsheetBytes,
    maxRows: limits.spreadsheetRows,
    maxColumns: MOST_COLUMNS,
  });
  return readRequirements(sheet, { criteria: plan.criteria, lots });
}
