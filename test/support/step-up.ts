import type { Agent, Response } from 'supertest';
import { hidden, postForm, postResponse } from './saml.ts';
import { ORIGIN, type World } from './world.ts';

/** Proves by single sign-on as this person, from where an act was held back. */
export async function answerProof(
  world: World,
  browser: Agent,
  of: { from: Response; person: string; isOld?: boolean },
): Promise<{ status: number; text: string; headers: Record<string, string> }> {
  const page = await browser.get(of.from.headers['location'] ?? '').expect(200);
  const login = await browser
    .get(/href="(\/proof\/single-sign-on[^"]*)"/.exec(page.text)?.[1] ?? '')
    .expect(302);
  // As a provider would answer that did not ask again: the request is newer than what it says of the person.
  if (of.isOld === true)
    await world.db('saml_request').update({ value: new Date(Date.now() + 3_600_000).toISOString() });
  const to = new URL(login.headers['location'] ?? '', ORIGIN);
  const picker = await browser.get(to.pathname + to.search).expect(200, /The portal asks for a new proof/);
  const answer = await postForm(browser, '/development-idp/sso', picker.text, {
    request: hidden(picker.text, 'request'),
    person: of.person,
  }).expect(200);
  const xml = Buffer.from(hidden(answer.text, 'SAMLResponse'), 'base64').toString('utf8');
  const accepted = await postResponse(world, xml).expect(303);
  const ticketPage = await browser.get(accepted.headers['location'] ?? '').expect(200);
  const done = await postForm(browser, '/saml/finish', ticketPage.text, {
    ticket: hidden(ticketPage.text, 'ticket'),
  });
  return { status: done.status, text: done.text, headers: done.headers };
}

const TEXT: Readonly<Record<string, string>> = {
  '&#34;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};

/** The form that the page of the continuation sends on: where, and its fields as a browser would send them. */
export function keptForm(html: string): { action: string; fields: string } {
  const form = /<form method="post" action="([^"]*)" data-auto-submit[\s\S]*?<\/form>/.exec(html);
  const fields = new URLSearchParams();
  for (const [, name, value] of (form?.[0] ?? '').matchAll(/name="([^"]*)" value="([^"]*)"/g))
    fields.append(plain(name), plain(value));
  return { action: plain(form?.[1]), fields: fields.toString() };
}

const plain = (text = ''): string => text.replaceAll(/&(#34|#39|lt|gt|amp);/g, (mark) => TEXT[mark] ?? mark);
