/**
 * Three lines of a real competition and what its real bidders asked for a unit: contract B-44943-A, “Scour
 * protection”, Indiana Department of Transportation, letting of 2026-02-11, public unit tab results (by way of
 * the public repository derek-betz/BidTabsData). The whole set is what the demonstration is made from.
 */
export const realLines = [
  { itemCode: '616-06405', description: 'RIPRAP, REVETMENT', quantity: '244', unit: 'TON' },
  { itemCode: '616-05688', description: 'RIPRAP, CLASS 1', quantity: '896', unit: 'TON' },
  { itemCode: '616-05689', description: 'RIPRAP, CLASS 2', quantity: '1116', unit: 'TON' },
] as const;

/** What each bidder asked for a ton, line by line; the people who bid for them here are invented. */
export const realBidders = {
  crackers: {
    name: 'CRACKERS DEMO LLC',
    contact: { name: 'Dana Prescott', email: 'dana.prescott@crackers.example' },
    prices: ['148.62', '130.62', '86.07'],
  },
  collom: {
    name: 'COLLOM EXCAVATING LLC',
    contact: { name: 'Riley Novak', email: 'riley.novak@collom.example' },
    prices: ['90', '135', '135'],
  },
  morphey: {
    name: 'MORPHEY CONSTRUCTION, INC.',
    contact: { name: 'Quinn Abbott', email: 'quinn.abbott@morphey.example' },
    prices: ['150', '180', '180'],
  },
} as const;

export type RealBidder = (typeof realBidders)[keyof typeof realBidders];
