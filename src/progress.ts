/** Progress of a start, for the person who waits for it. */
export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Runs a part of the start and says what came of it and how long it took; a text result is what came of it. */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  say(`${name} …`);
  const result = await work();
  const took = ((performance.now() - from) / 1000).toFixed(1);
  say(`${name}: ${typeof result === 'string' ? result : 'ready'} (${took} s)`);
  return result;
}
