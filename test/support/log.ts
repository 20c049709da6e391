import type { Log } from '../../src/platform/logger.ts';

/** A crash in a test is shown beside it; everything else is silent. */
export const crashesOnly: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (facts, message) => {
    if (message === 'crash') console.error(facts);
  },
};
