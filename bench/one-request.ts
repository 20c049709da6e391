import { Agent, request } from 'node:http';
import type { Request } from './load.ts';

export type Answer = { readonly status: number; readonly milliseconds: number };

// A bidder's browser has a connection of its own.
const agent = new Agent({ keepAlive: true, maxSockets: 1000 });

/** One request with a connection of its own, timed from its first byte to the end of the answer. */
export function sendOne(origin: string, { path, cookie, form }: Request): Promise<Answer> {
  const body = form === undefined ? '' : new URLSearchParams(form).toString();
  const from = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      `${origin}${path}`,
      {
        agent,
        method: form === undefined ? 'GET' : 'POST',
        headers: {
          ...(cookie === undefined ? {} : { Cookie: cookie }),
          ...(form === undefined
            ? {}
            : {
                'Content-Type': 'application/x-www-form-urlencoded',
                'Content-Length': Buffer.byteLength(body),
              }),
        },
      },
      (answer) => {
        answer.resume();
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, milliseconds: performance.now() - from }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
