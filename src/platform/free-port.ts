import net from 'node:net';

/** The first free port from this one on; undefined when none of `tries` ports is free. */
export async function nextFreePort(from: number, host: string, tries: number): Promise<number | undefined> {
  for (let port = from; port < from + tries; port += 1) {
    if ((await tryPort(port, host)) !== undefined) return port;
  }
  return undefined;
}

/** The preferred port of the loopback if it is free, else any free one. */
export async function freePort(preferred: number): Promise<number> {
  const port = (await tryPort(preferred, '127.0.0.1')) ?? (await tryPort(0, '127.0.0.1'));
  if (port === undefined) throw new Error('No port is free');
  return port;
}

function tryPort(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(port, host, () => {
      const taken = (probe.address() as net.AddressInfo).port;
      probe.close(() => resolve(taken));
    });
  });
}
