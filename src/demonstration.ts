import path from 'node:path';
import type { RunningSettings } from '../config/settings.ts';
import { loadDemonstration, makeSeedClock, type SignIn } from '../migrations/seeds/demonstration.ts';
import { openHouse } from './house.ts';
import { oneAtATime } from './platform/db/migrate.ts';
import { databaseClock } from './platform/db/transaction.ts';

export type { SignIn } from '../migrations/seeds/demonstration.ts';

const root = path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? '..' : '../..');

/**
 * Loads the demonstration company into an empty database, and gives who can sign in to it.
 * @throws Error in production
 */
export async function prepareDemonstration(
  settings: RunningSettings,
  say: (line: string) => void,
): Promise<readonly SignIn[]> {
  if (settings.environment === 'production')
    throw new Error(
      'The demonstration company has passwords that everybody knows: it does not run in production',
    );
  const clock = makeSeedClock(new Date(0));
  const house = openHouse(
    {
      databaseUrl: settings.databaseUrl,
      poolMax: 4,
      applicationName: 'portico-demonstration',
      commitsLazily: true,
      masterKey: settings.masterKey,
      folders: { root, data: settings.dataDir },
    },
    clock,
  );
  try {
    return await oneAtATime(house.db, 'portico.demonstration', () =>
      loadDemonstration({
        house,
        clock,
        readNow: () => house.db.transaction((tx) => databaseClock.read(tx)),
        origin: settings.origin,
        mailFrom: settings.mailFrom,
        say,
      }),
    );
  } finally {
    await house.close();
  }
}
