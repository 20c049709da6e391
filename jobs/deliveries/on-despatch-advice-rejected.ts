import { z } from 'zod';
import { findPlant } from '../../src/catalog/index.ts';
import { findDespatch } from '../../src/deliveries/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier, supplierUserIds } from '../../src/suppliers/index.ts';
import { tellReceivingSide } from './tell-receiving-side.ts';

const name = 'deliveries/on-despatch-advice-rejected';
const rejected = z.object({ reason: z.string() });

/**
 * Tells the supplier that its delivery was turned away and why, and the buyer that it has to come again. Idempotent:
 * `notify` tells nobody twice about one event.
 */
export const job: EventJob = {
  name,
  on: ['despatch_advice.rejected'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const despatch = found('despatch_advice', await findDespatch(ctx, event.subjectId));
      const supplier = await findSupplier(ctx, despatch.supplierId);
      const plant = found('plant', await findPlant(ctx, despatch.plantCode));
      const facts = [{ label: 'deliveries.mail.reason', value: rejected.parse(event.changes).reason }];
      await notify(ctx, {
        eventId: event.id,
        userIds: await supplierUserIds(ctx, supplier.id, 'deliveries'),
        template: 'delivery-rejected',
        params: {
          reference: despatch.reference,
          plant: { texts: { en: plant.nameEn, 'zh-CN': plant.nameZh } },
        },
        facts,
        link: `/despatches/${despatch.id}`,
        signInLink: true,
      });
      await tellReceivingSide(ctx, { event, template: 'delivery-turned-away', facts });
    }),
};
