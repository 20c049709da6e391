import type { Request, Response } from 'express';
import { listPlants } from '../catalog/index.ts';
import { AppError, ruleBroken } from '../kernel/errors.ts';
import type { Policies } from '../kernel/policies.ts';
import { readSheet } from '../platform/sheet/read-sheet.ts';
import { writeTemplate } from '../platform/sheet/write-sheet.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { type LinePreview, lineTemplate, readLines } from './lines.sheet.ts';
import { assertIsDraft, estimatedValueOf } from './requisition.ts';
import { lineFields } from './requisition-form.ts';
import type { RequisitionHouse } from './requisition-pages.routes.ts';
import { importForm } from './requisitions.forms.ts';
import { findRequisitionLines, getOwn, importLines } from './requisitions.service.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Lines from a spreadsheet: a template to fill in, a look at what was read, and taking it over. */
export function addLineImport(
  router: PortalRouter,
  web: WebDeps,
  { catalogue, limits }: RequisitionHouse,
): void {
  const show = async (req: Request, res: Response, preview: LinePreview | null): Promise<void> => {
    const requisitionId = idParam(req, 'requisitionId');
    const { requisition, lines } = await web.runInTx(whoOf(req), async (ctx) => {
      const draft = await getOwn(ctx, requisitionId);
      assertIsDraft(draft);
      return { requisition: draft, lines: await findRequisitionLines(ctx, requisitionId) };
    });
    await web.showPage(res, 'requisitions/import', {
      title: `${requisition.reference} ${requisition.title}`,
      requisition,
      existingCount: lines.length,
      preview,
      // Each line goes along as text and is read again when it is confirmed.
      carried: (preview?.lines ?? []).map((line) => JSON.stringify(lineFields(line))),
      estimatedValue: preview === null ? null : estimatedValueOf(preview.lines, requisition.currency),
      megabytes: Math.round(limits.spreadsheetBytes / 1_048_576),
      maximum: limits.eventLines,
    });
  };
  router.get('/requisitions/:requisitionId/lines/import', 'requisition.make', (req, res) =>
    show(req, res, null),
  );

  router.get('/requisitions/:requisitionId/lines/template', 'requisition.make', async (req, res) => {
    const requisitionId = idParam(req, 'requisitionId');
    const { reference, lines, plants, madeAt } = await web.runInTx(whoOf(req), async (ctx) => ({
      reference: (await getOwn(ctx, requisitionId)).reference,
      lines: await findRequisitionLines(ctx, requisitionId),
      plants: (await listPlants(ctx)).map(({ code }) => code),
      madeAt: ctx.now,
    }));
    const t = catalogue.translator(req.locale);
    const workbook = await writeTemplate({ ...lineTemplate({ reference, lines, plants }, t), madeAt });
    res
      .type(XLSX)
      .set('Content-Disposition', `attachment; filename="${reference}-lines.xlsx"`)
      .set('Cache-Control', 'private, no-store')
      .send(workbook);
  });

  // The preview is an answer and no page of its own: nothing is kept until it is confirmed.
  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  const importPath = '/requisitions/:requisitionId/lines/import';
  router.upload(importPath, 'requisition.make', upload, async (req, res) => {
    let preview: LinePreview | null = null;
    try {
      const plants = await web.runInTx(whoOf(req), async (ctx) => {
        const { plantCode } = await getOwn(ctx, idParam(req, 'requisitionId'));
        return { plantCode, plants: (await listPlants(ctx)).map(({ code }) => code) };
      });
      preview = await previewOf(req, limits, plants);
      if (preview.errors.length > 0) res.status(422);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'not-found') throw error;
      res.status(422);
      res.locals['refusal'] = error;
    }
    await show(req, res, preview);
  });

  router.post('/requisitions/:requisitionId/lines', 'requisition.make', async (req, res) => {
    const requisitionId = idParam(req, 'requisitionId');
    await web.submitForm(req, res, {
      act: async () => {
        const { line: lines, ...how } = parseForm(importForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => importLines(ctx, { ...how, requisitionId, lines }));
      },
      goTo: `/requisitions/${requisitionId}`,
      notice: 'requisitions.notice.lines-imported',
      orShow: (...page) => show(...page, null),
    });
  });
}

async function previewOf(
  req: Request,
  limits: Policies['limits'],
  of: { plantCode: string; plants: readonly string[] },
): Promise<LinePreview> {
  const file = req.uploads[0];
  if (file === undefined) throw ruleBroken('requisition.has-no-file', 'No file was chosen');
  const sheet = await readSheet(file.path, {
    maxBytes: limits.spreadsheetBytes,
    maxRows: limits.spreadsheetRows,
    maxColumns: 60,
  });
  const preview = readLines(sheet, of);
  if (preview.lines.length > limits.eventLines)
    throw ruleBroken('requisition.has-too-many-lines', 'Too many lines', {
      count: preview.lines.length,
      maximum: limits.eventLines,
    });
  return preview;
}
