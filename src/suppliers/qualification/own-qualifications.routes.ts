import type { Request, Response } from 'express';
import { z } from 'zod';
import { acceptedExtensions } from '../../documents/index.ts';
import { idParam, parseForm } from '../../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { isRenewable } from './qualification.ts';
import { askForRenewal, getOwnQualifications } from './renewals.service.ts';

const UPLOADS = { files: 10, bytesPerFile: 25 * 1024 * 1024 };
const text = z
  .string()
  .trim()
  .max(2000)
  .refine((typed) => !typed.includes('\0'), 'form.invalid-value');
const renewalForm = z.strictObject({ note: text.default('') });

/** A supplier's own page of what it is qualified for, where it asks for renewals. */
export function ownQualificationRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  const show = async (req: Request, res: Response): Promise<void> => {
    const model = await web.runInTx(whoOf(req), getOwnQualifications);
    const mayAsk = web.decide(req.actor, 'qualification.renew');
    await web.showPage(res, 'suppliers/own-qualifications', {
      titleKey: 'qualifications.own.title',
      qualifications: model.qualifications.map((one) => ({ ...one, mayAsk: mayAsk && isRenewable(one) })),
      evidence: model.evidence,
      accept: acceptedExtensions,
      megabytes: UPLOADS.bytesPerFile / 1_048_576,
    });
  };
  router.get('/company/qualifications', 'company.read', show);

  router.upload(
    '/company/qualifications/:qualificationId/renewal',
    'qualification.renew',
    UPLOADS,
    async (req, res) => {
      const id = idParam(req, 'qualificationId');
      await web.submitForm(req, res, {
        act: () => {
          const { note } = parseForm(renewalForm, req.body);
          return web.runInTx(whoOf(req), (ctx) => askForRenewal(ctx, { id, note, files: req.uploads }));
        },
        goTo: '/company/qualifications',
        notice: 'qualifications.notice.renewal-asked',
        orShow: show,
      });
    },
  );

  return router;
}
