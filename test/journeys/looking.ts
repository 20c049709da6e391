import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Runs in the browser, where the types of this program mean nothing.
const RUN_AXE = `axe.run(document, { resultTypes: ['violations'], iframes: false }).then(({ violations }) =>
  violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ' (' + nodes.length + '): ' + nodes[0].html.slice(0, 300) + ' ' + nodes[0].failureSummary))`;

/** The serious and critical findings of axe, each with the first place it was found at. */
export async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(RUN_AXE);
}

/** Says so when the page is wider than its window. */
export async function overhangOn(page: Page): Promise<string[]> {
  const pixels = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  return pixels > 0 ? [`${pixels} pixels stand beside the screen`] : [];
}
