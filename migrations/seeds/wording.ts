const kept = new Set(['HMA', 'ADA', 'IDIQ', 'MSE']);

/** `BRIDGE THIN DECK OVERLAY` as people write a title: `Bridge thin deck overlay`. Abbreviations stay. */
export function asTitle(shouted: string): string {
  const words = shouted.split(' ').map((word) => (kept.has(word) ? word : word.toLowerCase()));
  const [first = '', ...rest] = words;
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(' ');
}

/** `CASS, LAPORTE` as names of places. */
export const asPlaces = (shouted: string): string =>
  shouted.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
