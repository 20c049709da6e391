import net from 'node:net';

/** One request as it goes over the wire. */
export type Request = {
  readonly path: string;
  readonly cookie?: string;
  /** Form fields; makes it a POST. */
  readonly form?: Readonly<Record<string, string>>;
};

export type Load = { readonly answers: number; readonly seconds: number; readonly bytes: number };

/**
 * Sends requests over `clients` kept connections, each the next when its last was answered, until `next` gives
 * none. Every answer must have the expected status. A thin client of its own, so that the machine's
 * processors are the server's.
 * @throws Error for an answer of another status
 */
export async function sendLoad(
  origin: string,
  of: { clients: number; status: number; next(): Request | undefined },
): Promise<Load> {
  const { hostname, port } = new URL(origin);
  const from = performance.now();
  const counts = await Promise.all(
    Array.from({ length: of.clients }, () => runClient({ hostname, port: Number(port) }, of)),
  );
  const seconds = (performance.now() - from) / 1000;
  return {
    seconds,
    answers: counts.reduce((sum, one) => sum + one.answers, 0),
    bytes: counts.reduce((sum, one) => sum + one.bytes, 0),
  };
}

/** `next` for a load of a given time: the requests one after another, again and again. */
export function forSeconds(seconds: number, requests: readonly Request[]): () => Request | undefined {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  return () => {
    if (performance.now() >= end) return undefined;
    count += 1;
    return requests[count % requests.length];
  };
}

function runClient(
  server: { hostname: string; port: number },
  of: { status: number; next(): Request | undefined },
): Promise<{ answers: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(server.port, server.hostname);
    let answers = 0;
    let bytes = 0;
    let buffered = '';
    const sendNext = (): void => {
      const request = of.next();
      if (request === undefined) {
        socket.end();
        resolve({ answers, bytes });
      } else socket.write(wireText(request, server));
    };
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.once('error', reject);
    socket.once('connect', sendNext);
    socket.on('data', (chunk: string) => {
      buffered += chunk;
      const length = lengthOfAnswer(buffered);
      if (length === undefined || buffered.length < length) return;
      if (!buffered.startsWith(`HTTP/1.1 ${of.status}`)) {
        socket.destroy();
        return reject(new Error(`Expected ${of.status}, got:\n${buffered.slice(0, 2000)}`));
      }
      answers += 1;
      bytes += length;
      buffered = '';
      sendNext();
    });
  });
}

function wireText({ path, cookie, form }: Request, server: { hostname: string; port: number }): string {
  const body = form === undefined ? '' : new URLSearchParams(form).toString();
  return [
    `${form === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`,
    `Host: ${server.hostname}:${server.port}`,
    'Accept-Language: en',
    ...(cookie === undefined ? [] : [`Cookie: ${cookie}`]),
    ...(form === undefined
      ? []
      : ['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${Buffer.byteLength(body)}`]),
    '',
    body,
  ].join('\r\n');
}

function lengthOfAnswer(text: string): number | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const length = /content-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1];
  if (length === undefined) throw new Error(`An answer without Content-Length:\n${text.slice(0, headEnd)}`);
  return headEnd + 4 + Number(length);
}
