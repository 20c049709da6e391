import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { signInForTest } from '../support/sign-in.ts';
import type { World } from '../support/world.ts';

/** Somebody who sends forms to the program, and sends each again until it is acknowledged. */
export type Sender = {
  /** The text of a page. */
  read(path: string): Promise<string>;
  /**
   * Sends the form until there is an answer. Gives its status: 303 is an acknowledgement. `isAgain` when an
   * earlier try had got no answer: then it may have been done already.
   */
  send(path: string, form: Readonly<Record<string, string>>): Promise<{ status: number; isAgain: boolean }>;
};

const PAUSE_MS = 40;

/** Signs the actor in, in the world's own database; the program answers the same session. */
export async function makeSender(
  world: World,
  actor: Actor,
  to: { readonly origin: string; onLost(): void },
): Promise<Sender> {
  const { origin } = to;
  const { cookie, csrfToken } = await signInForTest(world.house, actor, world.now());
  const untilAnswered = async (path: string, init: RequestInit) => {
    for (let tries = 0; ; tries += 1) {
      const answer = await fetch(origin + path, { ...init, redirect: 'manual', headers: { cookie } })
        .then(async (got) => ({
          status: got.status,
          // The head alone acknowledges; a page has to be there whole.
          text: got.status === 303 ? '' : await got.text(),
          isAgain: tries > 0,
        }))
        .catch(() => null);
      if (answer !== null) return answer;
      to.onLost();
      await sleep(PAUSE_MS);
    }
  };
  return {
    read: async (path) => (await untilAnswered(path, {})).text,
    send: (path, form) =>
      untilAnswered(path, {
        method: 'POST',
        body: new URLSearchParams({ ...form, _csrf: csrfToken }),
      }),
  };
}

/** Changes a price and submits the bid, again and again; gives the keys that were acknowledged. */
export async function bidAgainAndAgain(
  sender: Sender,
  bid: { bidId: string; eventItemId: string; revision: number },
  goOn: () => boolean,
): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  let { revision } = bid;
  for (let price = 10; goOn(); price += 1) {
    const line = `lines[${bid.eventItemId}]`;
    await sender.send(`/bids/${bid.bidId}/draft`, {
      revision: String(revision),
      [`${line}[unitPrice]`]: String(price),
      [`${line}[leadTimeDays]`]: '',
      [`${line}[note]`]: '',
      note: '',
      next: 'review',
    });
    // What was saved, whoever heard of it: the review's form says its revision.
    const review = await sender.read(`/bids/${bid.bidId}/submission`);
    revision = Number(/name="revision" value="(\d+)"/.exec(review)?.[1] ?? revision);
    const idempotencyKey = newId();
    const { status } = await sender.send(`/bids/${bid.bidId}/submission`, {
      revision: String(revision),
      idempotencyKey,
    });
    if (status === 303) acknowledged.push(idempotencyKey);
    else if (/name="revision"/.test(review)) throw new Error(`A submission was answered ${status}`);
  }
  return acknowledged;
}

/** Sends a form that is good once; that it was done before is believed only after a try that got no answer. */
export async function doOnce(
  sender: Sender,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<void> {
  const { status, isAgain } = await sender.send(path, form);
  if (status === 303 || (isAgain && (status === 422 || status === 409))) return;
  throw new Error(`${path} was answered ${status}`);
}
