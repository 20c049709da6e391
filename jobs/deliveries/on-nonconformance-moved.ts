import { z } from 'zod';
import { findNonconformance } from '../../src/deliveries/index.ts';
import { findUsersByRole } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import { findOrder } from '../../src/orders/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier, supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'deliveries/on-nonconformance-moved';

const moved = z.object({ returnReason: z.string().default(''), turn: z.string().optional() });

const TO_SUPPLIER: Readonly<Record<string, string>> = {
  'nonconformance.sent': 'nonconformance-sent',
  'nonconformance.returned': 'nonconformance-returned',
  'nonconformance.closed': 'nonconformance-closed',
};

/**
 * Tells the side whose turn it is now what happened to a nonconformance; who is late is told once a step. Idempotent:
 * `notify` tells nobody twice about one act.
 */
export const job: EventJob = {
  name,
  on: [...Object.keys(TO_SUPPLIER), 'nonconformance.answered', 'nonconformance.reminded'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const ncr = found('nonconformance', await findNonconformance(ctx, event.subjectId));
      const order = found('purchase_order', await findOrder(ctx, ncr.orderId));
      const supplier = await findSupplier(ctx, ncr.supplierId);
      const isLateSupplier =
        event.action === 'nonconformance.reminded' && moved.parse(event.changes).turn === 'supplier';
      const isToSupplier = event.action in TO_SUPPLIER || isLateSupplier;
      const receivers = isToSupplier ? [] : await findUsersByRole(ctx, 'receiver');
      await notify(ctx, {
        eventId: event.id,
        userIds: isToSupplier
          ? await supplierUserIds(ctx, ncr.supplierId, 'deliveries')
          : [order.buyerId, ...receivers.map((receiver) => receiver.id)],
        template:
          TO_SUPPLIER[event.action] ??
          (event.action === 'nonconformance.answered' ? 'nonconformance-answered' : 'nonconformance-late'),
        params: {
          reference: ncr.reference,
          order: order.reference,
          supplier: supplier.name,
          company: companyName(ctx.policies.company),
          defect: ncr.defect,
          reason: moved.parse(event.changes).returnReason,
          until: { instant: ncr.dueAt ?? ctx.now },
        },
        link: `/nonconformances/${ncr.id}`,
        ...(isToSupplier ? { signInLink: true } : {}),
      });
    }),
};
