import type { Server } from 'node:http';
import type { Log } from './logger.ts';

/** A part that must be closed, in the order given: what uses another part stands before it. */
export type ClosingStep = { readonly name: string; close(): Promise<unknown> };

const TIMEOUT_MS = 25_000;

/**
 * Ends the process in order when it is told to: no new requests, those under way finish, then each step.
 * Also when the program that started it is gone, so that nothing is left running.
 */
export function closeOnSignal(log: Log, steps: readonly ClosingStep[]): void {
  let isClosing = false;
  const close = async (reason: string): Promise<void> => {
    if (isClosing) return;
    isClosing = true;
    log.info({ reason }, 'closing');
    setTimeout(() => {
      log.error(
        { timeoutMs: TIMEOUT_MS },
        'closing took too long; what was not finished is done again at the next start',
      );
      process.exit(1);
    }, TIMEOUT_MS).unref();
    process.exit((await closeAll(log, steps)) ? 0 : 1);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void close(signal));
  if (process.connected) process.once('disconnect', () => void close('launcher gone'));
}

/** Closes each part though an earlier one failed; false when one did. */
export async function closeAll(log: Log, steps: readonly ClosingStep[]): Promise<boolean> {
  let isClean = true;
  for (const step of steps) {
    try {
      await step.close();
    } catch (error) {
      isClean = false;
      log.error({ step: step.name, error: String(error) }, 'closing a part failed');
    }
  }
  return isClean;
}

/** Stops accepting and resolves when the last request under way is answered. `endStreams` ends live pages. */
export function drain(server: Server, endStreams: () => void = () => undefined): Promise<void> {
  return new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), 100);
    server.close(() => {
      clearInterval(idle);
      resolve();
    });
    server.closeIdleConnections();
    endStreams();
  });
}
