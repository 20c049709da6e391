import { system } from '../../src/kernel/actor.ts';
import { notify } from '../../src/notifications/index.ts';
import type { EventJob } from '../../src/platform/queue/job.ts';

const name = 'identity/on-user-new-device';

/** Tells a person that its account was used in a browser not seen before. Idempotent by the event row. */
export const job: EventJob = {
  name,
  on: ['user.new-device'],
  queue: 'acts',
  run: (house, event) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const { device, method } = event.changes;
      await notify(ctx, {
        eventId: event.id,
        userIds: [event.subjectId],
        template: 'new-device',
        params: { at: { instant: event.at } },
        facts: [
          { label: 'device.fact.at', value: { instant: event.at } },
          {
            label: 'device.fact.device',
            value:
              typeof device === 'string' && device !== ''
                ? device
                : { key: 'identity.security.unknown-device' },
          },
          { label: 'device.fact.how', value: { key: `identity.method.${String(method)}` } },
        ],
        link: '/security',
        isPersonal: true,
      });
    }),
};
