import { tmpdir } from 'node:os';
import path from 'node:path';
import request, { type Agent, type Test } from 'supertest';
import {
  type DemonstrationStaff,
  makeDevelopmentIdentityProvider,
  type SamlSettings,
  type SignInSettings,
} from '../../src/identity/index.ts';
import { staffRoles } from '../../src/kernel/actor.ts';
import { keptKeyPair } from '../../src/platform/crypto/self-signed.ts';
import { makeWorld, ORIGIN, type World } from './world.ts';

// Kept between runs: making RSA keys is the slowest thing these tests would do.
const KEYS = path.join(tmpdir(), 'portico-test-keys');

export const testStaff: readonly DemonstrationStaff[] = [
  {
    nameId: 'li.wei',
    name: '李伟 Li Wei',
    email: 'li.wei@hailan.example',
    groups: ['buyer'],
    place: 'Qingdao',
  },
  {
    nameId: 'ana',
    name: 'Ana Costa',
    email: 'ana@hailan.example',
    groups: ['finance', 'requester'],
    place: 'Lisbon',
  },
  {
    nameId: 'sun.qi',
    name: 'Sun Qi',
    email: 'sun.qi@hailan.example',
    groups: ['finance', 'buyer', 'plant-QD01', 'category-mach', 'category-'],
    place: 'Qingdao',
  },
  { nameId: 'guest', name: 'A Guest', email: 'guest@hailan.example', groups: ['canteen'], place: 'Qingdao' },
];

/** The portal's SAML settings with the development identity provider behind them. */
export function testSignIn(over: Partial<SamlSettings> = {}): SignInSettings & { saml: SamlSettings } {
  const developmentIdp = makeDevelopmentIdentityProvider({
    environment: 'test',
    origin: ORIGIN,
    keyFolder: KEYS,
    staff: () => testStaff,
  });
  const saml: SamlSettings = {
    origin: ORIGIN,
    entityId: `${ORIGIN}/saml/metadata`,
    idp: developmentIdp.idp,
    keyPair: keptKeyPair(KEYS, { name: 'service-provider', commonName: 'Portico' }),
    signed: 'both',
    groupsAttribute: 'groups',
    rolesByGroup: Object.fromEntries(staffRoles.map((role) => [role, role])),
    ...over,
  };
  return { saml, developmentIdp, isDemonstration: true };
}

/** The identity provider's key: what an attacker does not have. */
export const idpKeyPair = () => keptKeyPair(KEYS, { name: 'development-idp', commonName: '' });
/** A key that nobody trusts. */
export const strangersKeyPair = () => keptKeyPair(KEYS, { name: 'stranger', commonName: 'Stranger' });

export const makeSamlWorld = (over: Partial<SamlSettings> = {}): Promise<World> =>
  makeWorld({ signIn: testSignIn(over) });

/** The value of a hidden field of a page. */
export function hidden(html: string, name: string): string {
  const value = new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1];
  if (value === undefined) throw new Error(`The page has no field ${name}`);
  return value
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
}

/** A form of the page posted with its token. */
export const postForm = (agent: Agent, url: string, html: string, form: Record<string, string> = {}): Test =>
  agent
    .post(url)
    .type('form')
    .send({ _csrf: hidden(html, '_csrf'), ...form });

/** Begins a sign-in in this browser and chooses a person; gives the response on its way to us, as XML. */
export async function responseFor(agent: Agent, person: string): Promise<string> {
  const login = await agent.get('/saml/login').expect(302);
  const picker = await agent.get(pathOf(login)).expect(200);
  const page = await postForm(agent, '/development-idp/sso', picker.text, {
    request: hidden(picker.text, 'request'),
    person,
  }).expect(200);
  return Buffer.from(hidden(page.text, 'SAMLResponse'), 'base64').toString('utf8');
}

/** Posts a response as the identity provider's page does: from another site, without our cookie. */
export const postResponse = (world: World, xml: string): Test =>
  request(world.app)
    .post('/saml/acs')
    .set('Sec-Fetch-Site', 'cross-site')
    .type('form')
    .send({ SAMLResponse: Buffer.from(xml).toString('base64') });

/** Follows the accepted response to its end in the given browser. */
export async function finish(
  agent: Agent,
  accepted: { headers: Record<string, string> },
  status: number,
): Promise<{ text: string; headers: Record<string, string> }> {
  const page = await agent.get(pathOf(accepted)).expect(200);
  return postForm(agent, '/saml/finish', page.text, { ticket: hidden(page.text, 'ticket') }).expect(status);
}

/** Signs a person in through single sign-on, all the way. */
export async function signInBySaml(world: World, agent: Agent, person: string): Promise<void> {
  const accepted = await postResponse(world, await responseFor(agent, person)).expect(303);
  await finish(agent, accepted, 303);
}

const pathOf = (answer: { headers: Record<string, string> }): string => {
  const to = new URL(answer.headers['location'] ?? '', ORIGIN);
  return to.pathname + to.search;
};
