import { takeCheckpointToMail } from '../../src/audit/index.ts';
import { storeGenerated } from '../../src/documents/index.ts';
import { findUsersByRole } from '../../src/identity/index.ts';
import { system } from '../../src/kernel/actor.ts';
import { companyName, notify } from '../../src/notifications/index.ts';
import type { ScheduledJob } from '../../src/platform/queue/job.ts';

const name = 'audit/every-day-mail-checkpoint';

/**
 * Mails the newest signed checkpoint to the auditors, so that it is where nobody at the database reaches it. Looks
 * every hour and mails once a day of the company: a day whose first hours were lost is made up for. Idempotent by
 * the act that says that the day's checkpoint was taken.
 */
export const job: ScheduledJob = {
  name,
  everyMs: 3_600_000,
  queue: 'mail',
  run: (house) =>
    house.runInTx({ actor: system(name) }, async (ctx) => {
      const auditors = await findUsersByRole(ctx, 'auditor');
      if (auditors.length === 0) return;
      const taken = await takeCheckpointToMail(ctx);
      if (taken === null) return;
      const { treeSize, rootHash, at, origin } = taken.checkpoint;
      const document = await storeGenerated(ctx, {
        subject: { type: 'event_checkpoint', id: taken.id },
        kind: 'checkpoint',
        version: 1,
        fileName: `checkpoint-${taken.day}.txt`,
        mediaType: 'text/plain',
        visibility: 'internal',
        content: Buffer.from(taken.note),
      });
      await notify(ctx, {
        eventId: taken.eventId,
        userIds: auditors.map((auditor) => auditor.id),
        template: 'record-checkpoint',
        params: { day: { day: taken.day }, count: treeSize, company: companyName(ctx.policies.company) },
        facts: [
          { label: 'audit.mail.acts', value: treeSize },
          { label: 'audit.mail.root', value: rootHash.toString('base64') },
          { label: 'audit.mail.signed', value: { instant: at } },
          { label: 'audit.mail.origin', value: origin },
        ],
        link: '/audit/checkpoints',
        documentId: document.id,
      });
    }),
};
