import type { Request, Response } from 'express';
import { z } from 'zod';
import { timelineOf } from '../../audit/index.ts';
import { acceptedExtensions, documentsOfAll } from '../../documents/index.ts';
import { isDay } from '../../kernel/time.ts';
import { idParam, parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { findSupplier } from '../suppliers.service.ts';
import { wantedOutcomes } from './qualification.ts';
import { placesToQualifyFor, qualificationsOf } from './qualifications.queries.ts';
import { decideQualification, proposeQualification } from './qualifications.service.ts';
import { declineRenewal } from './renewals.service.ts';

const UPLOADS = { files: 10, bytesPerFile: 25 * 1024 * 1024 };
const PATH = '/suppliers/:supplierId/qualifications';

const text = z
  .string()
  .trim()
  .max(2000)
  .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const codeOrNull = z
  .string()
  .max(20)
  .default('')
  .transform((code) => (code === '' ? null : code));

const proposalForm = z.strictObject({
  categoryCode: z.string().min(1, 'form.required').max(20),
  plantCode: codeOrNull,
  wanted: z.enum(wantedOutcomes, 'form.invalid-choice'),
  conditions: text.default(''),
  validUntil: z
    .union([z.literal(''), z.string().trim().refine(isDay, 'form.invalid-date')])
    .default('')
    .transform((day) => (day === '' ? null : day)),
  reason: text.min(1, 'form.required'),
});
const decisionForm = z.strictObject({
  version: z.coerce.number().int().positive(),
  decision: z.enum(['agree', 'refuse'], 'form.invalid-choice'),
  comment: text.default(''),
});

const refusalForm = z.strictObject({ reason: text.min(1, 'form.required') });

/** What a supplier is qualified for: asked for with its evidence, decided by a second person. */
export function qualificationRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  const show = async (req: Request, res: Response): Promise<void> => {
    const supplierId = idParam(req, 'supplierId');
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const supplier = await findSupplier(ctx, supplierId);
      const qualifications = await qualificationsOf(ctx, supplierId);
      const ids = qualifications.map(({ id }) => id);
      return {
        supplier,
        qualifications,
        ...(await placesToQualifyFor(ctx)),
        evidence: await documentsOfAll(ctx, 'qualification', ids),
        timeline: await timelineOf(ctx, ...(ids.length === 0 ? [supplierId] : ids)),
      };
    });
    await web.showPage(res, 'suppliers/qualifications', {
      ...model,
      title: `${model.supplier.name} · ${model.supplier.reference}`,
      wantedOutcomes,
      accept: acceptedExtensions,
      megabytes: UPLOADS.bytesPerFile / 1_048_576,
    });
  };
  router.get(PATH, 'supplier.read', show);

  router.upload(PATH, 'qualification.propose', UPLOADS, async (req, res) => {
    const supplierId = idParam(req, 'supplierId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(proposalForm, req.body);
        return web.runInTx(whoOf(req), (ctx) =>
          proposeQualification(ctx, { ...form, supplierId, files: req.uploads }),
        );
      },
      goTo: `/suppliers/${supplierId}/qualifications`,
      notice: 'qualifications.notice.requested',
      orShow: show,
    });
  });

  router.post(`${PATH}/:qualificationId/decision`, 'qualification.decide', async (req, res) => {
    const of = { supplierId: idParam(req, 'supplierId'), id: idParam(req, 'qualificationId') };
    await web.submitForm(req, res, {
      act: () => {
        const { decision, ...form } = parseForm(decisionForm, req.body);
        return web.runInTx(whoOf(req), (ctx) =>
          decideQualification(ctx, { ...of, ...form, agrees: decision === 'agree' }),
        );
      },
      goTo: `/suppliers/${of.supplierId}/qualifications`,
      notice: 'qualifications.notice.decided',
      orShow: show,
    });
  });

  router.post(`${PATH}/:qualificationId/renewal-refusal`, 'qualification.propose', async (req, res) => {
    const of = { supplierId: idParam(req, 'supplierId'), id: idParam(req, 'qualificationId') };
    await web.submitForm(req, res, {
      act: () => {
        const { reason } = parseForm(refusalForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => declineRenewal(ctx, { ...of, reason }));
      },
      goTo: `/suppliers/${of.supplierId}/qualifications`,
      notice: 'qualifications.notice.renewal-declined',
      orShow: show,
    });
  });
  return router;
}
