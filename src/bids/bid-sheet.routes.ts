import { AppError } from '../kernel/errors.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import type { WebDeps } from '../platform/web/web.ts';
import { readAnswerSheet, writeAnswerSheet } from './answers.sheet.ts';
import { readBidSheet, readUpload, writeBidSheet } from './bids.sheet.ts';
import type { DraftPages } from './draft-pages.routes.ts';
import { nothingRead } from './filled.sheet.ts';
import { sendFile } from './send-file.routes.ts';

const SHEET = { files: 1, bytesPerFile: 5 * 1024 * 1024 };
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A bid by spreadsheet: out with what is in the draft, back as a preview of what would change. */
export function addSheetRoutes(
  router: PortalRouter,
  web: WebDeps,
  { catalogue, load, showDraft }: DraftPages,
): void {
  const titleKey = 'bids.sheet.title';
  const showSheet = showDraft('bids/sheet', () => ({
    titleKey,
    preview: { ...nothingRead, fileName: null },
  }));
  router.get('/bids/:bidId/sheet', 'bid.own', showSheet);
  router.get('/bids/:bidId/sheet.xlsx', 'bid.own', async (req, res) => {
    const { page, now } = await load(req);
    const content = await writeBidSheet(catalogue, req, page, now);
    sendFile(res, `${page.bid.reference}.xlsx`, content, XLSX);
  });
  // Only reads and shows: what is in it is taken over by saving the draft.
  router.upload('/bids/:bidId/sheet', 'bid.own', SHEET, async (req, res) => {
    const { page } = await load(req);
    const [upload] = req.uploads;
    const read = await readUpload(upload?.path, SHEET.bytesPerFile);
    if (read instanceof AppError)
      return web.submitForm(req, res, { act: () => Promise.reject(read), goTo: '', orShow: showSheet });
    const found = readBidSheet(catalogue, read, { page, locale: req.locale });
    const preview = { ...found, fileName: upload?.fileName ?? null };
    res.status(preview.errors.length > 0 ? 422 : 200);
    await showDraft('bids/sheet', () => ({ titleKey, preview }))(req, res);
  });
  addAnswerSheet(router, web, { catalogue, load, showDraft });
}

const nothingAnswered = { changes: [], errors: [], fileName: null };

/** The answers to the event's questions by spreadsheet, in the same way. */
function addAnswerSheet(
  router: PortalRouter,
  web: WebDeps,
  { catalogue, load, showDraft }: DraftPages,
): void {
  const titleKey = 'responses.sheet.heading';
  const showAnswers = showDraft('bids/answers', () => ({ titleKey, preview: nothingAnswered }));
  router.get('/bids/:bidId/answers', 'bid.own', showAnswers);
  router.get('/bids/:bidId/answers.xlsx', 'bid.own', async (req, res) => {
    const { page, now } = await load(req);
    const content = await writeAnswerSheet(catalogue, { locale: req.locale, page, madeAt: now });
    sendFile(res, `${page.bid.reference}-answers.xlsx`, content, XLSX);
  });
  router.upload('/bids/:bidId/answers', 'bid.own', SHEET, async (req, res) => {
    const { page } = await load(req);
    const [upload] = req.uploads;
    const read = await readUpload(upload?.path, SHEET.bytesPerFile);
    if (read instanceof AppError)
      return web.submitForm(req, res, { act: () => Promise.reject(read), goTo: '', orShow: showAnswers });
    const found = readAnswerSheet(catalogue, read, page);
    res.status(found.errors.length > 0 ? 422 : 200);
    const preview = { ...found, fileName: upload?.fileName ?? null };
    await showDraft('bids/answers', () => ({ titleKey, preview }))(req, res);
  });
}
