import { expect } from 'chai';
import { overhangOn, violationsOn } from '../journeys/looking.ts';
import { makeForecast } from '../support/factories/forecasts.ts';
import { openWorldBrowser, signInContext, type WorldBrowser } from '../support/world-browser.ts';

// Runs in the browser, where the types of this program mean nothing.
const PASTE = String.raw`
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', '70\t80\n1\t2\n');
  document.getElementById('field-lines-0-w2')
    .dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));`;

describe('a commit in a browser', () => {
  let opened: WorldBrowser;
  before(async () => {
    opened = await openWorldBrowser();
  });
  after(() => opened.close());

  it('is kept while it is typed, moved in by keys, pasted into, and submitted by nobody but its button', async () => {
    const { world, browser, origin } = opened;
    const { forecastId, supplier, buyer } = await makeForecast(world);
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    await signInContext(opened, context, supplier);
    const page = await context.newPage();
    await page.goto(`${origin}/forecasts/${forecastId}/commit`);
    await page.locator('html[data-commit-ready]').waitFor();
    expect(await violationsOn(page)).to.deep.equal([]);
    const field = (line: number, week: number) => page.locator(`#field-lines-${line}-w${week}`);
    const saved = () => page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.ok());
    let kept = saved();
    await field(0, 1).fill('60');
    await field(0, 1).press('Enter');
    expect(await page.evaluate<string>('document.activeElement.id')).to.equal('field-lines-1-w1');
    await kept;
    await page.getByText('not submitted').waitFor();
    kept = saved();
    await page.evaluate(PASTE);
    await kept;
    const lines = await world
      .db('forecast_commit_line')
      .join('forecast_line', 'id', 'forecast_line_id')
      .orderBy('line_no')
      .select('forecast_commit_line.quantities');
    expect(lines.map(({ quantities }) => String(quantities))).to.deep.equal([
      '100,60,70,80,100,100',
      '0,40,1,2,0,40',
    ]);
    expect(await world.db('forecast').first()).to.include({ state: 'published' });
    await page.fill('#field-lines-0-reason', 'One shift');
    await page.fill('#field-lines-1-reason', 'A tool is away');
    await page.getByRole('button', { name: 'Submit the commitment' }).click();
    await page.getByText('2 lines are committed below the forecast').waitFor();
    expect(await world.db('forecast').first()).to.include({ state: 'committed' });
    await context.close();

    const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
    await signInContext(opened, phone, buyer);
    const small = await phone.newPage();
    for (const path of [
      `/forecasts/${forecastId}`,
      '/forecasts/shortfalls',
      `/forecasts/${forecastId}/items?item=BRK-A`,
    ]) {
      await small.goto(`${origin}${path}`);
      expect(await violationsOn(small), path).to.deep.equal([]);
      expect(await overhangOn(small), path).to.deep.equal([]);
    }
  });
});
