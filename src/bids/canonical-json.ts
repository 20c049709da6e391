/** JSON with its keys in order and no spaces: the same text for the same value, so that it can be hashed and signed. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value, inKeyOrder);

const inKeyOrder = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
