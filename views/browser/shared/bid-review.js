// The last look at a bid before it is sealed: all that will lie in its envelopes, and what it leaves out.
import { minorUnits } from '../../../src/kernel/money.ts';
import { openContentView } from './content-view.js';

const fileEntry = (file) => Object.assign(document.createElement('li'), { textContent: file.fileName });

/**
 * @param place the section of the review
 * @returns what shows a whole draft with the contents that it will be sealed as
 */
export function openReview(place, { work, words, locale, keptCount }) {
  const view = openContentView(place, { work, words, locale, fileEntry });
  const sayIf = (name, isSaid, text) => {
    const at = place.querySelector(`[${name}]`);
    at.hidden = !isSaid;
    if (text !== undefined) at.querySelector('[data-text]').textContent = text;
  };
  return {
    show({ read, responses }, contents) {
      view.clear();
      for (const content of contents) view.show(content);
      const few = (lines) => lines.slice(0, 20).join(', ') + (lines.length > 20 ? ' …' : '');
      const { free, missing, pricedCount } = read;
      sayIf(
        'data-priced',
        read.needsPrice,
        words('bids.submission.lines-priced', { priced: pricedCount, all: read.lines.length }),
      );
      sayIf(
        'data-left-out',
        missing.length > 0 && pricedCount > 0,
        words('bids.submission.missing', { count: missing.length, lines: few(missing) }),
      );
      sayIf(
        'data-excluded',
        responses.some((one) => one.isKnockOut),
      );
      sayIf(
        'data-free-label',
        free.length > 0,
        words('bids.submission.free-is-meant', { count: free.length, lines: few(free) }),
      );
      sayIf('data-kept', keptCount > 0, words('rounds.kept', { count: keptCount }));
      place.querySelector('[data-free]').checked = false;
      const digits = minorUnits(read.currency);
      const format = new Intl.NumberFormat(locale, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
      place.querySelector('[data-review-total]').textContent =
        `${format.format(read.total)} ${read.currency}`;
    },
    isFreeMeant: () => place.querySelector('[data-free]').checked,
  };
}
