import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';

/** What a measured process says of itself: resident memory and the processor time it has used. */
export type Usage = { readonly rssMb: number; readonly cpuMs: number };

/** A process of its own that is measured: a server, or one piece of work. */
export type Child<Answer> = {
  /** What it sent first: an address, or a result. */
  readonly answer: Answer;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
};

/** Starts `bench/<file>` with its settings as JSON and waits for its first message. */
export async function startChild<Answer>(file: string, settings: object): Promise<Child<Answer>> {
  const child = fork(path.join(import.meta.dirname, file), [JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const answer = await nextMessage<Answer>(child);
  return {
    answer,
    usage() {
      const told = nextMessage<Usage>(child);
      child.send('usage');
      return told;
    },
    stop() {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.disconnect();
      return gone;
    },
  };
}

function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const left = (code: number | null) => reject(new Error(`A measured process ended early (${code})`));
    child.once('exit', left);
    child.once('message', (message) => {
      child.off('exit', left);
      resolve(message as T);
    });
  });
}

/** In the child: its settings. */
export const settingsOfChild = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;

/** In the child: says the answer, then its usage whenever it is asked, until the parent lets it go. */
export function answerParent(answer: object): void {
  process.on('message', () => process.send?.(usageOfThis()));
  process.once('disconnect', () => process.exit(0));
  process.send?.(answer);
}

/** What this process uses now. */
export const usageOfThis = (): Usage => {
  const { user, system } = process.cpuUsage();
  return { rssMb: process.memoryUsage.rss() / 1_048_576, cpuMs: (user + system) / 1000 };
};
