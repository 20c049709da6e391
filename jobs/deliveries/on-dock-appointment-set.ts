import { z } from 'zod';
import { findPlant } from '../../src/catalog/index.ts';
import { findDespatch } from '../../src/deliveries/index.ts';
import { findUsersByRole } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { dayIn, wallClock } from '../../src/kernel/time.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier, supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'deliveries/on-dock-appointment-set';
const set = z.object({ startsAt: z.coerce.date(), endsAt: z.coerce.date(), note: z.string() });

const TEMPLATE: Readonly<Record<string, string>> = {
  'dock_appointment.proposed': 'dock-proposed',
  'dock_appointment.confirmed': 'dock-confirmed',
  'dock_appointment.moved': 'dock-moved',
};

/**
 * Tells the receivers what time a supplier proposes, and the supplier what the plant says. Idempotent: `notify` tells
 * nobody twice about one event.
 */
export const job: EventJob = {
  name,
  on: Object.keys(TEMPLATE),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const despatch = found('despatch_advice', await findDespatch(ctx, event.subjectId));
      const supplier = await findSupplier(ctx, despatch.supplierId);
      const plant = found('plant', await findPlant(ctx, despatch.plantCode));
      const { startsAt, endsAt, note } = set.parse(event.changes);
      const clock = (at: Date): string => wallClock(at, plant.timeZone).slice(-5);
      const isToPlant = event.action === 'dock_appointment.proposed';
      await notify(ctx, {
        eventId: event.id,
        userIds: isToPlant
          ? (await findUsersByRole(ctx, 'receiver')).map((receiver) => receiver.id)
          : await supplierUserIds(ctx, supplier.id, 'deliveries'),
        template: found('template', TEMPLATE[event.action]),
        params: {
          supplier: supplier.name,
          reference: despatch.reference,
          plant: !isToPlant && supplier.language === 'zh-CN' ? plant.nameZh : plant.nameEn,
          day: { day: dayIn(startsAt, plant.timeZone) },
          from: clock(startsAt),
          until: clock(endsAt),
        },
        facts: note === '' ? [] : [{ label: 'docks.mail.note', value: note }],
        link: `/despatches/${despatch.id}`,
        ...(isToPlant ? {} : { signInLink: true }),
      });
    }),
};
