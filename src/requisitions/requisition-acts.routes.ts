import { decisionForm } from '../approvals/index.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { addRequisitionFiles, removeRequisitionFile } from './attachments.service.ts';
import { cancelRequisition, decideRequisition, submitRequisition } from './requisition-acts.service.ts';
import type { RequisitionHouse } from './requisition-pages.routes.ts';
import { showRequisition } from './requisition-pages.routes.ts';
import { reasonForm } from './requisitions.forms.ts';

/** What is done to a requisition from its page. */
export function addRequisitionActs(router: PortalRouter, web: WebDeps, house: RequisitionHouse): void {
  router.post('/requisitions/:requisitionId/submission', 'requisition.make', async (req, res) => {
    const requisitionId = idParam(req, 'requisitionId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => submitRequisition(ctx, requisitionId)),
      goTo: `/requisitions/${requisitionId}`,
      notice: 'requisitions.notice.submitted',
      orShow: (...page) => showRequisition(web, house, ...page),
    });
  });

  router.post('/requisitions/:requisitionId/decision', 'requisition.decide', async (req, res) => {
    const requisitionId = idParam(req, 'requisitionId');
    await web.submitForm(req, res, {
      act: async () => {
        const form = parseForm(decisionForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => decideRequisition(ctx, { ...form, requisitionId }));
      },
      goTo: `/requisitions/${requisitionId}`,
      notice: 'requisitions.notice.decided',
      orShow: (...page) => showRequisition(web, house, ...page),
    });
  });

  router.post('/requisitions/:requisitionId/cancellation', 'requisition.make', async (req, res) => {
    const requisitionId = idParam(req, 'requisitionId');
    await web.submitForm(req, res, {
      act: async () => {
        const { reason } = parseForm(reasonForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => cancelRequisition(ctx, { requisitionId, reason }));
      },
      goTo: `/requisitions/${requisitionId}`,
      notice: 'requisitions.notice.cancelled',
      orShow: (...page) => showRequisition(web, house, ...page),
    });
  });

  const { uploadBytes: bytesPerFile, uploadsPerDocument: files } = house.limits;
  const filesPath = '/requisitions/:requisitionId/files';
  router.upload(filesPath, 'requisition.make', { files, bytesPerFile }, async (req, res) => {
    const requisitionId = idParam(req, 'requisitionId');
    await web.submitForm(req, res, {
      act: () =>
        web.runInTx(whoOf(req), (ctx) => addRequisitionFiles(ctx, { requisitionId, files: req.uploads })),
      goTo: `/requisitions/${requisitionId}`,
      notice: 'requisitions.notice.files-added',
      orShow: (...page) => showRequisition(web, house, ...page),
    });
  });

  router.post(`${filesPath}/:documentId/removal`, 'requisition.make', async (req, res) => {
    const requisitionId = idParam(req, 'requisitionId');
    const documentId = idParam(req, 'documentId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => removeRequisitionFile(ctx, { requisitionId, documentId })),
      goTo: `/requisitions/${requisitionId}`,
      notice: 'requisitions.notice.file-removed',
      orShow: (...page) => showRequisition(web, house, ...page),
    });
  });
}
