import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/platform/free-port.ts';
import type { World } from '../support/world.ts';

const root = path.join(import.meta.dirname, '../..');
const LONGEST_START_MS = 60_000;

/** The portal as a process of its own, web and worker, on a world's database and files. */
export type Program = {
  readonly origin: string;
  /** Starts it, and resolves when it answers. */
  start(): Promise<void>;
  /** Ends it at once, whatever it is doing. */
  kill(): Promise<void>;
  /** Tells it to end, and gives its exit code. */
  terminate(): Promise<number | null>;
  /** What it has written to its standard error. */
  complaints(): string;
};

export async function makeProgram(world: World, databaseUrl: string): Promise<Program> {
  const port = await freePort(0);
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    DATA_DIR: world.house.folders.data,
    // The world's own key: the sessions and seals it made are good in the program.
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    PORT: String(port),
    ORIGIN: origin,
    DEVELOPMENT_IDP: 'off',
    LOG_LEVEL: 'error',
  };
  let child: ChildProcess | undefined;
  let written = '';
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    child = undefined;
    return code;
  };
  process.once('exit', () => child?.kill('SIGKILL'));
  return {
    origin,
    async start() {
      child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'all'], {
        cwd: root,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      child.stderr?.on('data', (text) => {
        written += String(text);
      });
      await answers(origin, () => child?.exitCode ?? null);
    },
    kill: async () => void (await end('SIGKILL')),
    terminate: () => end('SIGTERM'),
    complaints: () => written,
  };
}

async function answers(origin: string, exitCode: () => number | null): Promise<void> {
  const from = performance.now();
  for (;;) {
    if (exitCode() !== null) throw new Error(`The program ended with ${exitCode()} before it answered`);
    if (performance.now() - from > LONGEST_START_MS) throw new Error('The program does not answer');
    const isReady = await fetch(`${origin}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    await sleep(50);
  }
}
