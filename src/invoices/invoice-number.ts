/**
 * What makes two of a supplier's invoice numbers the same number: `INV-0042`, `inv 42` and `Inv.42` do.
 * Letters and digits of any script count, in one case and one width; spaces and punctuation do not, nor do
 * the zeros that lead a row of digits. Empty when there is neither letter nor digit.
 */
export const normaliseNumber = (supplierNumber: string): string =>
  supplierNumber
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replaceAll(/(?<!\d)0+(?=\d)/g, '');
