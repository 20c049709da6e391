import { system } from '../kernel/actor.ts';
import type { RunInTx } from '../platform/db/context.ts';
import type { Database } from '../platform/db/database.ts';
import { saveHeartbeat } from '../platform/queue/heartbeat.store.ts';
import { mayHaveMore, sealNextRows } from './seal.service.ts';
import { hasUnsealed } from './seal.store.ts';

export const sealerName = 'audit/sealer';
const POLL_MS = 1000;
const HEARTBEAT_MS = 60_000;
const LONGEST_PAUSE_MS = 30_000;

export type Sealer = {
  /** Resolves when the batch under way is sealed. */
  stop(): Promise<void>;
};

/**
 * Seals the record once a second. May run in every worker; a lock lets one seal at a time. It is no queued job:
 * however many jobs wait, the record is sealed in time.
 */
export function startSealer(of: {
  db: Database;
  runInTx: RunInTx;
  onError: (error: unknown) => void;
}): Sealer {
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;
  let failures = 0;
  let stopped = false;
  let quietMs = HEARTBEAT_MS;

  const look = async (): Promise<void> => {
    try {
      if (await hasUnsealed(of.db))
        while (
          !stopped &&
          mayHaveMore(await of.runInTx({ actor: system(sealerName) }, (ctx) => sealNextRows(ctx)))
        );
      if (quietMs >= HEARTBEAT_MS || failures > 0) {
        await of.db.transaction((tx) => saveHeartbeat(tx, sealerName, null));
        quietMs = 0;
      }
      failures = 0;
    } catch (error) {
      failures += 1;
      of.onError(error);
      await of.db.transaction((tx) => saveHeartbeat(tx, sealerName, messageOf(error))).catch(of.onError);
    }
  };
  const lookIn = (ms: number): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      quietMs += ms;
      underWay = look().finally(() => {
        underWay = undefined;
        lookIn(Math.min(POLL_MS * 2 ** Math.min(failures, 5), LONGEST_PAUSE_MS));
      });
    }, ms);
  };
  lookIn(0);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
