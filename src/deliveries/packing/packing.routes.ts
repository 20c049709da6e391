import type { Request, Response } from 'express';
import { idParam, parseForm } from '../../platform/web/params.ts';
import type { PortalRouter } from '../../platform/web/router.ts';
import { type WebDeps, whoOf } from '../../platform/web/web.ts';
import { unitKinds } from './handling-unit.ts';
import { packingForm, proposalQuery, typedRows } from './packing.forms.ts';
import { packDelivery } from './packing.service.ts';
import { getPackingForm } from './packing-page.service.ts';

/** Saying how a delivery is packed. */
export function addPacking(router: PortalRouter, web: WebDeps): void {
  const showForm = async (req: Request, res: Response): Promise<void> => {
    const despatchId = idParam(req, 'despatchId');
    const proposal = proposalQuery.parse(req.query);
    const typed = typedRows.parse(req.body);
    const form = await web.runInTx(whoOf(req), (ctx) => getPackingForm(ctx, { despatchId, proposal, typed }));
    await web.showPage(res, 'deliveries/packing-form', {
      titleKey: 'packing.form.title',
      titleParams: { reference: form.despatch.reference },
      ...form,
      kinds: unitKinds,
      proposal,
    });
  };
  router.get('/despatches/:despatchId/packing/new', 'despatch.submit', showForm);

  router.post('/despatches/:despatchId/packing', 'despatch.submit', async (req, res) => {
    const despatchId = idParam(req, 'despatchId');
    await web.submitForm(req, res, {
      act: async () => {
        const { packingNo, units } = parseForm(packingForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => packDelivery(ctx, { despatchId, packingNo, units }));
      },
      goTo: `/despatches/${despatchId}`,
      notice: 'packing.notice.packed',
      orShow: showForm,
    });
  });
}
