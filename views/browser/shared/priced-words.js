/** A price in a unit of the bidder's own as its arithmetic: `30.00 ÷ 12 = 2.50 per piece`. */
export const pricedWords = (priced, { words, prices, asked }) =>
  words(priced.isExact ? 'bids.units.converted' : 'bids.units.rounded', {
    price: prices.format(priced.unitPrice),
    per: priced.per,
    converted: prices.format(priced.perAsked),
    asked,
  });
