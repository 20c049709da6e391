import { createHmac, randomBytes } from 'node:crypto';
import type { House } from '../../src/house.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { sha256Hex } from '../../src/platform/crypto/key-ring.ts';

/**
 * Puts a session for the actor into the store, as a sign-in would, and gives its cookie: most tests are not
 * about signing in. How people really sign in is tested in test/identity.
 */
export async function signInForTest(
  house: House,
  actor: Actor,
  now: Date,
): Promise<{ cookie: string; csrfToken: string }> {
  const sid = randomBytes(32).toString('base64url');
  const csrfToken = randomBytes(24).toString('base64url');
  const sess = {
    cookie: { originalMaxAge: null, httpOnly: true, path: '/', sameSite: 'lax' },
    userId: actor.userId,
    signedInAt: now.toISOString(),
    seenAt: now.toISOString(),
    csrfToken,
  };
  await house
    .db('web_session')
    .insert({ sid: sha256Hex(sid), sess: JSON.stringify(sess), expire: '2999-01-01T00:00:00Z' });
  const secret = house.ports.keyRing.fingerprint('session cookie');
  const signature = createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '');
  return { cookie: `portico=${encodeURIComponent(`s:${sid}.${signature}`)}`, csrfToken };
}
