import type { Request, Response } from 'express';
import { AppError, ruleBroken } from '../kernel/errors.ts';
import type { Policies } from '../kernel/policies.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { readSheet } from '../platform/sheet/read-sheet.ts';
import { writeTemplate } from '../platform/sheet/write-sheet.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { estimatedValueOf } from './event-item.ts';
import { findStructure } from './event-lines.service.ts';
import { importedFields, type LinePreview, lineTemplate, readLines } from './lines.sheet.ts';
import { findEvent, findEventItems, importLines } from './sourcing.service.ts';
import { assertIsDraft } from './sourcing-event.ts';
import { importForm } from './structure.forms.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const MOST_COLUMNS = 60;

/** Lines from a spreadsheet: a template to fill in, a look at what was read, and taking it over. */
export function addLineImport(
  router: PortalRouter,
  web: WebDeps,
  { catalogue, limits }: { catalogue: Catalogue; limits: Policies['limits'] },
): void {
  const show = async (req: Request, res: Response, preview: LinePreview | null): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const { event, items } = await web.runInTx(whoOf(req), async (ctx) => {
      const draft = await findEvent(ctx, eventId);
      assertIsDraft(draft);
      return { event: draft, items: await findEventItems(ctx, eventId) };
    });
    await web.showPage(res, 'sourcing/import', {
      title: `${event.reference} ${event.title}`,
      event,
      existingCount: items.length,
      preview,
      // Each line goes along as text and is read again when it is confirmed.
      carried: (preview?.items ?? []).map((item) => JSON.stringify(importedFields(item))),
      estimatedValue: preview === null ? null : estimatedValueOf(preview.items, event.currency),
      megabytes: Math.round(limits.spreadsheetBytes / 1_048_576),
      maximum: limits.eventLines,
    });
  };
  router.get('/events/:eventId/lines/import', 'sourcing_event.manage', (req, res) => show(req, res, null));

  router.get('/events/:eventId/lines/template', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const { reference, items, lots, madeAt } = await web.runInTx(whoOf(req), async (ctx) => ({
      reference: (await findEvent(ctx, eventId)).reference,
      ...(await findStructure(ctx, eventId)),
      madeAt: ctx.now,
    }));
    const t = catalogue.translator(req.locale);
    const workbook = await writeTemplate(lineTemplate({ reference, items, lots, madeAt }, t));
    res
      .type(XLSX)
      .set('Content-Disposition', `attachment; filename="${reference}-lines.xlsx"`)
      .set('Cache-Control', 'private, no-store')
      .send(workbook);
  });

  // The preview is an answer and no page of its own: nothing is kept until it is confirmed.
  const upload = { files: 1, bytesPerFile: limits.spreadsheetBytes };
  router.upload('/events/:eventId/lines/import', 'sourcing_event.manage', upload, async (req, res) => {
    let preview: LinePreview | null = null;
    try {
      preview = await previewOf(req, limits);
      if (preview.errors.length > 0) res.status(422);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      res.status(422);
      res.locals['refusal'] = error;
    }
    await show(req, res, preview);
  });

  router.post('/events/:eventId/lines', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: async () => {
        const { line, ...how } = parseForm(importForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => importLines(ctx, { ...how, eventId, items: line }));
      },
      goTo: `/events/${eventId}/invitations`,
      notice: 'sourcing.notice.lines-imported',
      orShow: (...page) => show(...page, null),
    });
  });
}

async function previewOf(req: Request, limits: Policies['limits']): Promise<LinePreview> {
  const file = req.uploads[0];
  if (file === undefined) throw ruleBroken('sourcing_event.has-no-file', 'No file was chosen');
  const sheet = await readSheet(file.path, {
    maxBytes: limits.spreadsheetBytes,
    maxRows: limits.spreadsheetRows,
    maxColumns: MOST_COLUMNS,
  });
  const preview = readLines(sheet);
  if (preview.items.length > limits.eventLines)
    throw ruleBroken('sourcing_event.has-too-many-lines', 'Too many lines', {
      count: preview.items.length,
      maximum: limits.eventLines,
    });
  return preview;
}
