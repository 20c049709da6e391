const ENTRIES = 5_000;

/** Remembers what was made for a key, and forgets all when there are 5,000: for texts that pages write again and again. */
export function makeMemory<T>(): (key: string, make: () => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const old = known.get(key);
    if (old !== undefined) return old;
    if (known.size >= ENTRIES) known.clear();
    const fresh = make();
    known.set(key, fresh);
    return fresh;
  };
}
