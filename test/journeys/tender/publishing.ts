import { press, says, type Tender } from './stage.ts';

/** The tender is approved, published, and asked about. */
export function publishing(j: Tender): void {
  it('is approved by somebody else and published, with its two lots', async () => {
    await j.buyer.page.goto(`/events/${j.eventId}`);
    await press(j.buyer, j.t('sourcing.act.request-approval'));
    await j.approver.page.goto(`/events/${j.eventId}`);
    await press(j.approver, j.t('sourcing.act.approve'));
    await j.buyer.page.reload();
    await press(j.buyer, j.t('sourcing.act.publish'));
    await says(j.buyer, 'Housings');
    await says(j.buyer, 'Shafts');
  });

  it('takes a question from one supplier, and shows question and answer to all of them', async () => {
    const { winner, second } = j.bidders;
    await winner.page.goto(`/bids/invitations/${j.eventId}`);
    await winner.page.locator('textarea[name="question"]').fill('May the housings be sand-cast?');
    await winner.page
      .locator('form[action$="/enquiries"] button, form[action*="/enquiries?"] button')
      .last()
      .click();
    await says(winner, j.t('enquiries.not-answered'));
    await j.buyer.page.goto(`/events/${j.eventId}/enquiries`);
    await j.buyer.page.locator('textarea[name="answer"]').fill('No, die-cast only.');
    await press(j.buyer, j.t('enquiries.send-answer'));
    await second.page.goto(`/bids/invitations/${j.eventId}`);
    await says(second, 'No, die-cast only.');
    await says(second, 'May the housings be sand-cast?');
  });

  it('is amended with a reason, approved anew where it has to be, and acknowledged by whoever goes on', async () => {
    const { page } = j.buyer;
    j.opened.world.setNow('2026-03-02T10:05:00Z');
    await page.goto(`/events/${j.eventId}/amendments`);
    await press(j.buyer, j.t('amendments.draft'));
    await page.waitForURL(/\/amendments\/[0-9a-f-]+\/edit$/);
    await page.locator('textarea[name="description"]').fill('Die-cast only: see the answer to the question.');
    await page.locator('textarea[name="reason"]').fill('A question showed that it was not clear.');
    await page.locator('button[name="next"][value="save"]').click();
    await page.waitForURL(/\/amendments\/[0-9a-f-]+$/);
    const ask = page.getByRole('button', { name: j.t('sourcing.act.request-approval') });
    if ((await ask.count()) > 0) {
      await ask.click();
      await says(j.buyer, j.t('state.amendment.buyer.pending_approval'));
      await j.approver.page.goto(page.url());
      await press(j.approver, j.t('sourcing.act.approve'));
      await page.reload();
    }
    await press(j.buyer, j.t('amendments.publish'));
    await says(j.buyer, j.t('state.amendment.buyer.published'));
    await j.opened.world.drainJobs();
    await Promise.all(
      Object.values(j.bidders).map(async (seat) => {
        await seat.page.goto(`/bids/invitations/${j.eventId}`);
        await press(seat, j.t('amendments.acknowledge', { number: 1 }));
      }),
    );
  });
}
