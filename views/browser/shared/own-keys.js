// The keys a bidder has of its own bids: those this browser kept, and those it is given.
import { isKeyOf, openContent } from '../../../src/bids/sealing.ts';
import { findKey } from './draft-keys.js';

/** Every key that a text holds: a file that was kept, or what was pasted. */
export const keysIn = (text) => text.toUpperCase().match(/AGE-SECRET-KEY-1[0-9A-Z]{58}/g) ?? [];

/** What this browser kept for a version of a bid: the draft's key, and those of its envelopes. */
export async function keptKeys(bidId, version) {
  const kept = await Promise.all([findKey(bidId), findKey(`${bidId} v${version}`)]);
  return kept.flatMap((text) => (text === undefined ? [] : keysIn(text)));
}

/**
 * The key of one envelope out of those the bidder has; null when none of them is it or opens it.
 * @param base the address of the bid, which gives the envelope's key as it is kept for its bidder: sealed to the draft's
 * own key where the browser sealed
 */
export async function keyOfEnvelope(base, { envelope, version, recipient }, own) {
  const fits = async (keys) => {
    for (const key of keys) if (await isKeyOf(key, recipient)) return key;
    return null;
  };
  const found = await fits(own);
  if (found !== null) return found;
  const answer = await fetch(`${base}/key.txt?version=${version}&envelope=${envelope}`);
  if (!answer.ok) return null;
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const opened = await Promise.all(own.map((key) => openContent(bytes, key)));
  const texts = [bytes, ...opened.filter((one) => one !== null)].map((one) => new TextDecoder().decode(one));
  return fits(texts.flatMap(keysIn));
}
