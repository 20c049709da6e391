import { lineAmount, sumMoney } from '../../../src/kernel/money.ts';
import { type BidderKey, LINES } from './stage.ts';

/** Figures that stand nowhere else, so that whoever finds one has found a price. */
export const PRICES: Readonly<Record<BidderKey, readonly string[]>> = {
  winner: ['45.091736', '50.128394', '30.067182', '32.083945'],
  // A whole lot or nothing: this one bids for the housings alone.
  second: ['44.052371', '49.113758', '', ''],
  failing: ['20.371946', '20.483157', '20.594768', '20.615379'],
  withdrawing: ['46.719382', '51.283746', '29.371985', '31.826374'],
  late: ['40.913752', '40.821936', '25.739148', '25.618329'],
};

/** What the bid of this one comes to on these lines, as amounts are kept. */
export const amountOf = (key: BidderKey, lines: readonly number[]): string =>
  sumMoney(
    lines.map((at) =>
      lineAmount({
        quantity: LINES[at]?.[1] ?? '0',
        unitPrice: PRICES[key][at] || '0',
        currency: 'USD',
      }),
    ),
    'USD',
  );

/** The prices of a bid and what follows from them, in every form in which a page or a file writes them. */
export function figuresOf(key: BidderKey): string[] {
  const priced = [0, 1, 2, 3].filter((at) => PRICES[key][at] !== '');
  const amounts = [...priced.map((at) => amountOf(key, [at])), amountOf(key, priced)];
  return [
    ...PRICES[key].filter((price) => price !== ''),
    ...amounts,
    ...amounts.map((amount) => Number(amount).toLocaleString('en', { minimumFractionDigits: 2 })),
  ];
}
