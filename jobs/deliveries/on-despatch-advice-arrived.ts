import { findPlant } from '../../src/catalog/index.ts';
import { findDespatch } from '../../src/deliveries/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier, supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'deliveries/on-despatch-advice-arrived';

/** Tells the supplier that its delivery is at the gate, and is counted next. Idempotent: `notify` tells nobody twice. */
export const job: EventJob = {
  name,
  on: ['despatch_advice.arrived'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const despatch = found('despatch_advice', await findDespatch(ctx, event.subjectId));
      const supplier = await findSupplier(ctx, despatch.supplierId);
      const plant = found('plant', await findPlant(ctx, despatch.plantCode));
      await notify(ctx, {
        eventId: event.id,
        userIds: await supplierUserIds(ctx, supplier.id, 'deliveries'),
        template: 'delivery-arrived',
        params: {
          reference: despatch.reference,
          plant: { texts: { en: plant.nameEn, 'zh-CN': plant.nameZh } },
        },
        facts: [{ label: 'deliveries.mail.arrived', value: { instant: event.at, timeZone: plant.timeZone } }],
        link: `/despatches/${despatch.id}`,
        signInLink: true,
      });
    }),
};
