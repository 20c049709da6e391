// Progress, a line a step: what is being done and how long it took.

/** Runs a step and says how long it took; a failing one says so and throws on. */
export async function step(name, work) {
  const from = performance.now();
  process.stdout.write(`${name} …\n`);
  const result = await work();
  process.stdout.write(`${name}: done in ${seconds(from)}\n`);
  return result;
}

export const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;
