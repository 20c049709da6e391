import { expect } from 'chai';
import { saveCriteria, saveRequirement } from '../../../src/sourcing/evaluation-plan.service.ts';
import { findPlan } from '../../../src/sourcing/index.ts';
import { someQuestion } from '../../support/factories/evaluation.ts';
import { PASSPHRASE } from '../../support/factories/openers.ts';
import { press, says, type Tender } from './stage.ts';

/** Before it is published: who opens it, and by what it is judged. */
export function preparing(j: Tender): void {
  it('has openers with a key each, made in a browser of their own', async () => {
    const [{ page }] = j.openers;
    await page.goto('/opener-key');
    if (j.level === 'on_arrival') {
      await page.fill('#passphrase', PASSPHRASE);
      await page.fill('#passphrase-again', PASSPHRASE);
      await page.click('form[data-opener-key] button');
    }
    await page.waitForSelector('[data-recipient]');
    await j.look(j.openers[0], 'opener key');
  });

  it('appoints the three, any two of whom open its two envelopes', async () => {
    const { page } = j.buyer;
    await page.goto(`/events/${j.eventId}/openers`);
    for (const { actor } of j.openers) await page.check(`input[value="${actor.userId}"]`);
    for (const envelope of ['technical', 'commercial']) await page.check(`input[value="${envelope}"]`);
    await page.check(`input[name="sealingLevel"][value="${j.level}"]`);
    await page.fill('input[name="threshold"]', '2');
    await j.look(j.buyer, 'openers');
    await press(j.buyer, j.t('form.save'));
    await says(j.buyer, j.t('sealing.notice.openers-saved'));
    const appointed = await j.opened.world.db('event_opener').pluck('user_id');
    expect(appointed).to.have.members(j.openers.map(({ actor }) => actor.userId));
  });

  it('weighs price against a concept that a committee judges', async () => {
    const { eventId } = j;
    await j.opened.world.runInTx(j.buyer.actor, async (ctx) => {
      await saveCriteria(ctx, {
        eventId,
        version: 0,
        showsWeights: true,
        criteria: [
          {
            id: null,
            title: 'Price',
            kind: 'price',
            envelope: 'commercial',
            weight: '60',
            minimumScore: null,
            formula: 'lowest-over-price',
          },
          {
            id: null,
            title: 'Concept',
            kind: 'judged',
            envelope: 'technical',
            weight: '40',
            minimumScore: '50',
            formula: null,
          },
        ],
      });
      const { version } = await findPlan(ctx, eventId);
      const requirement = someQuestion({ kind: 'text', prompt: 'Describe how you will make the parts.' });
      await saveRequirement(ctx, { eventId, version, requirementId: null, requirement });
    });
    await j.buyer.page.goto(`/events/${eventId}/requirements`);
    await says(j.buyer, 'Describe how you will make the parts.');
    await j.look(j.buyer, 'requirements');
  });
}
