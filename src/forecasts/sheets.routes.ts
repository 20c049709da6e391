import type { Request, Response } from 'express';
import { AppError, found, ruleBroken } from '../kernel/errors.ts';
import type { Policies } from '../kernel/policies.ts';
import { readSheet } from '../platform/sheet/read-sheet.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { type Template, writeTemplate } from '../platform/sheet/write-sheet.ts';
import { sayOnNextPage } from '../platform/web/notices.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { Permission } from '../platform/web/permission.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { saveCommit } from './commits.service.ts';
import { commitTemplate, draftTemplate, errorsInRows, readCommit, readDraft } from './forecast.sheet.ts';
import { getCommitPage, getDraftPage } from './forecast-page.service.ts';
import { sheetForm } from './forecasts.forms.ts';
import { saveDraft } from './forecasts.service.ts';
import type { ForecastSettings } from './settings.ts';
import { shownWeeks } from './shown-week.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Drafts and commits by spreadsheet: out, changed there, and back into the draft; nothing of a sheet with a wrong cell is kept. */
export function addSheets(router: PortalRouter, web: WebDeps, settings: ForecastSettings): void {
  addDraftSheet(router, web, settings);
  addCommitSheet(router, web, settings);
}

const sendTemplate = async (res: Response, fileName: string, template: Template): Promise<void> => {
  res
    .type(XLSX)
    .set('Content-Disposition', `attachment; filename="${fileName}.xlsx"`)
    .set('Cache-Control', 'private, no-store')
    .send(await writeTemplate(template));
};

/** A page that takes a file: what is wrong with it is said cell by cell, and what is right goes on to another page. */
function addUpload(
  router: PortalRouter,
  web: WebDeps,
  of: {
    part: 'draft' | 'commit';
    permission: Permission;
    limits: Policies['limits'];
    notice: string;
    /** The draft as its writer sees it now. */
    revision(req: Request): Promise<{ reference: string; revision: number }>;
    take(req: Request, sheet: Sheet, revision: number): Promise<readonly SheetError[]>;
  },
): void {
  const path = `/forecasts/:forecastId/${of.part}/import`;
  const show = async (req: Request, res: Response, errors: readonly SheetError[]): Promise<void> => {
    const forecastId = idParam(req, 'forecastId');
    await web.showPage(res, 'forecasts/import', {
      titleKey: `forecasts.sheet.import-${of.part}`,
      ...(await of.revision(req)),
      forecastId,
      part: of.part,
      sheetErrors: errors,
      megabytes: Math.round(of.limits.spreadsheetBytes / 1_048_576),
    });
  };
  router.get(path, of.permission, (req, res) => show(req, res, []));
  const upload = { files: 1, bytesPerFile: of.limits.spreadsheetBytes };
  router.upload(path, of.permission, upload, async (req, res) => {
    const forecastId = idParam(req, 'forecastId');
    let errors: readonly SheetError[] = [];
    try {
      const { revision } = parseForm(sheetForm, req.body);
      const file = req.uploads[0];
      if (file === undefined) throw ruleBroken('forecast-sheet.no-file', 'No file was chosen');
      const sheet = await readSheet(file.path, {
        maxBytes: of.limits.spreadsheetBytes,
        maxRows: 1_500,
        maxColumns: 80,
      });
      errors = await of.take(req, sheet, revision);
      if (errors.length === 0) {
        sayOnNextPage(req, res, of.notice);
        return void res.redirect(303, `/forecasts/${forecastId}/${of.part}`);
      }
      res.status(422);
    } catch (error) {
      if (!(error instanceof AppError) || ['not-found', 'forbidden'].includes(error.kind)) throw error;
      res.status(error.kind === 'conflict' ? 409 : 422);
      res.locals['refusal'] = error;
    }
    await show(req, res, errors);
  });
}

function addDraftSheet(router: PortalRouter, web: WebDeps, { catalogue, limits }: ForecastSettings): void {
  const draftOf = (req: Request) =>
    web.runInTx(whoOf(req), async (ctx) => {
      const page = await getDraftPage(ctx, idParam(req, 'forecastId'));
      const draft = found('forecast_version', page.draft);
      return { ...page, draft, weeks: shownWeeks(draft, page.currentWeek), madeAt: ctx.now };
    });
  router.get('/forecasts/:forecastId/draft/template.xlsx', 'forecast.manage', async (req, res) => {
    const { forecast, draft, lines, weeks, madeAt } = await draftOf(req);
    const { reference } = forecast;
    const template = draftTemplate({ reference, lines, weeks }, catalogue.translator(req.locale));
    await sendTemplate(res, `${reference}-v${draft.version}`, { ...template, madeAt });
  });
  addUpload(router, web, {
    part: 'draft',
    permission: 'forecast.manage',
    limits,
    notice: 'forecasts.notice.imported',
    revision: async (req) => {
      const { forecast, draft } = await draftOf(req);
      return { reference: forecast.reference, revision: draft.revision };
    },
    async take(req, sheet, revision) {
      const { draft, weeks } = await draftOf(req);
      const read = readDraft(sheet, weeks);
      if (read.errors.length > 0) return read.errors;
      const { fromWeek, weeks: count, firmWeeks, tradeOffWeeks, note, forecastId } = draft;
      const terms = { fromWeek, weeks: count, firmWeeks, tradeOffWeeks, note };
      try {
        await web.runInTx(whoOf(req), (ctx) =>
          saveDraft(ctx, { ...terms, forecastId, revision, lines: read.lines }),
        );
        return [];
      } catch (error) {
        if (!(error instanceof AppError) || error.fields.length === 0) throw error;
        return errorsInRows(sheet, read.rows, error);
      }
    },
  });
}

function addCommitSheet(router: PortalRouter, web: WebDeps, { catalogue, limits }: ForecastSettings): void {
  const pageOf = (req: Request) =>
    web.runInTx(whoOf(req), async (ctx) => ({
      ...(await getCommitPage(ctx, idParam(req, 'forecastId'))),
      madeAt: ctx.now,
    }));
  router.get('/forecasts/:forecastId/commit/template.xlsx', 'forecast.commit', async (req, res) => {
    const { forecast, terms, lines, weeks, draft, madeAt } = await pageOf(req);
    const { reference } = forecast;
    const template = commitTemplate(
      { reference, terms, lines, weeks, committed: draft.lines },
      catalogue.translator(req.locale),
    );
    await sendTemplate(res, `${reference}-v${terms.version}-commit`, { ...template, madeAt });
  });
  addUpload(router, web, {
    part: 'commit',
    permission: 'forecast.commit',
    limits,
    notice: 'forecasts.notice.commit-imported',
    revision: async (req) => {
      const { forecast, draft } = await pageOf(req);
      return { reference: forecast.reference, revision: draft.revision };
    },
    async take(req, sheet, revision) {
      const { forecast, terms, lines, weeks, draft } = await pageOf(req);
      const read = readCommit(sheet, { version: terms.version, lines, weeks });
      if (read.errors.length > 0) return read.errors;
      // Lines that are not in the sheet stay as they are.
      const kept = draft.lines.filter((line) => !read.lines.some((one) => one.lineId === line.lineId));
      await web.runInTx(whoOf(req), (ctx) =>
        saveCommit(ctx, {
          forecastId: forecast.id,
          version: terms.version,
          revision,
          note: draft.note,
          lines: [...read.lines, ...kept],
        }),
      );
      return [];
    },
  });
}
