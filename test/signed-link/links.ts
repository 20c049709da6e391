import type { Agent, Test } from 'supertest';
import { findAccount, issueSignedLink, type LinkWanted } from '../../src/identity/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { found } from '../../src/kernel/errors.ts';
import { hidden } from '../support/saml.ts';
import type { World } from '../support/world.ts';

/** The token of a link, as only its mail has it. */
export const linkFor = async (
  world: World,
  to: Actor,
  wanted: Pick<LinkWanted, 'purpose' | 'subjectId'> & Partial<LinkWanted>,
): Promise<string> =>
  (
    await world.runInTx(system('test'), async (ctx) =>
      found(
        'link',
        await issueSignedLink(ctx, {
          reference: 'DOC-1',
          endsAt: null,
          ...wanted,
          user: found('user', await findAccount(ctx, to.userId ?? '')),
        }),
      ),
    )
  ).token;

/** Follows the link as a browser does, up to its button. */
export async function landing(browser: Agent, token: string) {
  await browser.get(`/l/${token}`).redirects(0);
  return browser.get('/l');
}

/** Follows the link and presses its button; gives the answer. */
export async function open(browser: Agent, token: string) {
  const page = await landing(browser, token);
  return browser
    .post('/l')
    .redirects(0)
    .type('form')
    .send({ _csrf: hidden(page.text, '_csrf'), linkId: hidden(page.text, 'linkId') });
}

/** Posts what a page holds, with its token. */
export const post = (browser: Agent, url: string, csrf: string, form: Record<string, string> = {}): Test =>
  browser
    .post(url)
    .redirects(0)
    .type('form')
    .send({ _csrf: csrf, ...form });

/** The code in the last mail. */
export function lastCode(world: World): string {
  const mail = world.mails.findLast(({ text }) => /^\d{3} \d{3}$/m.test(text));
  return found('code', /^(\d{3}) (\d{3})$/m.exec(mail?.text ?? ''))
    .slice(1)
    .join('');
}
