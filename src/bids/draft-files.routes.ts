import type { Request, Response } from 'express';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { filesForm, filesQuery } from './bids.forms.ts';
import type { DraftPages } from './draft-pages.routes.ts';
import { addFiles, readOwnFile, removeFile } from './files.service.ts';
import { sendFile } from './send-file.routes.ts';

const UPLOAD = { files: 20, bytesPerFile: 25 * 1024 * 1024 };

/** The files of a bid, ahead of its submission. */
export function addFileRoutes(
  router: PortalRouter,
  web: WebDeps,
  { showDraft }: Pick<DraftPages, 'showDraft'>,
): void {
  const showFiles = (req: Request, res: Response): Promise<void> => {
    const { for: chosenRequirement } = parseForm(filesQuery, req.query);
    return showDraft('bids/files', () => ({ titleKey: 'bids.files.title', chosenRequirement }))(req, res);
  };
  router.get('/bids/:bidId/files', 'bid.own', showFiles);
  router.upload('/bids/:bidId/files', 'bid.own', UPLOAD, async (req, res) => {
    const bidId = idParam(req, 'bidId');
    await web.submitForm(req, res, {
      act: () => {
        const { requirementId } = parseForm(filesForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => addFiles(ctx, bidId, req.uploads, requirementId));
      },
      goTo: `/bids/${bidId}/files`,
      notice: 'bids.notice.files-added',
      orShow: showFiles,
    });
  });
  router.post('/bids/:bidId/files/:fileId/removal', 'bid.own', async (req, res) => {
    const [bidId, fileId] = [idParam(req, 'bidId'), idParam(req, 'fileId')];
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => removeFile(ctx, bidId, fileId)),
      goTo: `/bids/${bidId}/files`,
      notice: 'bids.notice.file-removed',
      orShow: showFiles,
    });
  });
  router.get('/bids/:bidId/files/:fileId/:fileName', 'bid.own', async (req, res) => {
    const [bidId, fileId] = [idParam(req, 'bidId'), idParam(req, 'fileId')];
    const { file, content } = await web.runInTx(whoOf(req), (ctx) => readOwnFile(ctx, bidId, fileId));
    sendFile(res, file.fileName, content);
  });
}
