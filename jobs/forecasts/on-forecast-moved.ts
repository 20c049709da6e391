import { findForecast } from '../../src/forecasts/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';
import { findSupplier, supplierUserIds } from '../../src/suppliers/index.ts';

const name = 'forecasts/on-forecast-moved';
const TEMPLATE: Readonly<Record<string, string>> = {
  'forecast.published': 'forecast-published',
  'forecast.reminded': 'forecast-reminded',
  'forecast.ended': 'forecast-ended',
  'forecast.committed': 'forecast-committed',
  'forecast.escalated': 'forecast-escalated',
};
const TO_US = ['forecast.committed', 'forecast.escalated'];

/** Tells the supplier what is forecast and waits, and the planner what was committed and what is silent. Idempotent: `notify` tells nobody twice. */
export const job: EventJob = {
  name,
  on: Object.keys(TEMPLATE),
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const forecast = found('forecast', await findForecast(ctx.tx, event.subjectId));
      // What was ended before anybody published it was never told of.
      if (forecast.currentVersion === 0) return;
      const supplier = await findSupplier(ctx, forecast.supplierId);
      const isToUs = TO_US.includes(event.action);
      const shortCount = Number(event.changes['shortLineCount'] ?? 0);
      await notify(ctx, {
        eventId: event.id,
        userIds: isToUs ? [forecast.ownerId] : await supplierUserIds(ctx, supplier.id, 'deliveries'),
        template: found('template', TEMPLATE[event.action]),
        params: {
          reference: forecast.reference,
          supplier: supplier.name,
          company: companyName(ctx.policies.company),
          version: Number(event.changes['version'] ?? forecast.currentVersion),
        },
        facts: [
          ...(forecast.commitDueAt !== null && event.action === 'forecast.published'
            ? [{ label: 'forecasts.mail.commit-by', value: { instant: forecast.commitDueAt.toISOString() } }]
            : []),
          ...(event.action === 'forecast.committed'
            ? [{ label: 'forecasts.mail.short-lines', value: String(shortCount) }]
            : []),
        ],
        link: `/forecasts/${forecast.id}`,
        ...(isToUs ? {} : { signInLink: true }),
      });
    }),
};
