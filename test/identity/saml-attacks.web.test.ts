import { expect } from 'chai';
import request from 'supertest';
import { assertSamlSettings, makeDevelopmentIdentityProvider } from '../../src/identity/index.ts';
import {
  finish,
  idpKeyPair,
  makeSamlWorld,
  postResponse,
  responseFor,
  strangersKeyPair,
  testSignIn,
} from '../support/saml.ts';
import {
  assertionOf,
  changed,
  resigned,
  SHA1,
  signedOnly,
  unsigned,
  without,
} from '../support/saml-forgery.ts';
import type { World } from '../support/world.ts';

const byIdp = { keyPair: idpKeyPair() };
const byStranger = { keyPair: strangersKeyPair() };

/** What is done to a genuine response, and the check that must catch it. */
type Attack = readonly [what: string, reason: string, forge: (xml: string) => string];

const ACS = 'http://127.0.0.1/saml/acs';
const wrong = 'http://evil.example/saml/acs';

/** Messages the identity provider itself signed: for another service, at another time, of another kind. */
const signedByTheIdp: readonly Attack[] = [
  [
    'a Destination that is not ours',
    'wrong-destination',
    (xml) => changed(xml, `Destination="${ACS}"`, `Destination="${wrong}"`),
  ],
  ['no Destination', 'wrong-destination', (xml) => without(xml, / Destination="[^"]*"/)],
  [
    'a Recipient that is not ours',
    'wrong-recipient',
    (xml) => changed(xml, `Recipient="${ACS}"`, `Recipient="${wrong}"`),
  ],
  ['no Recipient', 'wrong-recipient', (xml) => without(xml, / Recipient="[^"]*"/)],
  [
    'another Issuer of the response',
    'wrong-issuer',
    (xml) => changed(xml, /development-idp<\/saml:Issuer>/, 'evil</saml:Issuer>'),
  ],
  [
    'another Issuer of the assertion',
    'wrong-issuer',
    (xml) => changed(xml, /(<saml:Assertion [^>]*><saml:Issuer>)[^<]*/, '$1urn:evil'),
  ],
  [
    'no Issuer of the response',
    'wrong-issuer',
    (xml) => without(xml, /<saml:Issuer xmlns[^>]*>[^<]*<\/saml:Issuer>/),
  ],
  [
    'a Status that is not Success',
    'not-successful',
    (xml) => changed(xml, /status:Success/, 'status:AuthnFailed'),
  ],
  ['no Status', 'not-successful', (xml) => without(xml, /<samlp:Status>.*?<\/samlp:Status>/)],
  ['a confirmation that is not bearer', 'not-bearer', (xml) => changed(xml, /cm:bearer/, 'cm:holder-of-key')],
  [
    'no confirmation',
    'not-bearer',
    (xml) => without(xml, /<saml:SubjectConfirmation .*?<\/saml:SubjectConfirmation>/),
  ],
  ['no NameID', 'no-name-id', (xml) => without(xml, /<saml:NameID.*?<\/saml:NameID>/)],
  ['an empty NameID', 'no-name-id', (xml) => changed(xml, />li\.wei<\/saml:NameID>/, '> </saml:NameID>')],
  ['two NameIDs', 'no-name-id', (xml) => changed(xml, /(<saml:NameID.*?<\/saml:NameID>)/, '$1$1')],
  ['two Subjects', 'no-subject', (xml) => changed(xml, /(<saml:Subject>.*?<\/saml:Subject>)/, '$1$1')],
  [
    'a NameID that changes each time',
    'transient-name-id',
    (xml) => changed(xml, /nameid-format:persistent/, 'nameid-format:transient'),
  ],
  [
    'another audience',
    'wrong-audience',
    (xml) => changed(xml, /<saml:Audience>[^<]*/, '<saml:Audience>urn:another'),
  ],
  [
    'no audience',
    'wrong-audience',
    (xml) => without(xml, /<saml:AudienceRestriction>.*?<\/saml:AudienceRestriction>/),
  ],
  [
    'no end of its conditions',
    'no-time-limit',
    (xml) => changed(xml, /(<saml:Conditions NotBefore="[^"]*") NotOnOrAfter="[^"]*"/, '$1'),
  ],
  [
    'an end that has passed',
    'out-of-time',
    (xml) =>
      changed(
        xml,
        /(<saml:Conditions NotBefore="[^"]*") NotOnOrAfter="[^"]*"/,
        '$1 NotOnOrAfter="2020-01-01T00:00:00Z"',
      ),
  ],
  [
    'an issue long ago',
    'out-of-time',
    (xml) => changed(xml, /(<saml:Assertion [^>]*IssueInstant=")[^"]*/, '$12020-01-01T00:00:00Z'),
  ],
  ['no InResponseTo', 'not-asked-for', (xml) => without(xml, / InResponseTo="[^"]*"(?= Version)/)],
  [
    'the answer to a request we did not make',
    'not-asked-for',
    (xml) => changed(xml, /InResponseTo="_/g, 'InResponseTo="_0'),
  ],
  [
    'a subject that answers another request',
    'not-asked-for',
    (xml) => changed(xml, /(Recipient="[^"]*" InResponseTo=")_/, '$1_0'),
  ],
  [
    'no authentication statement',
    'no-authentication',
    (xml) => without(xml, /<saml:AuthnStatement.*?<\/saml:AuthnStatement>/),
  ],
  [
    'an attribute named as an object sees itself',
    'reserved-attribute',
    (xml) => changed(xml, /Name="displayName"/, 'Name="__proto__"'),
  ],
  [
    'an attribute named as the subject',
    'reserved-attribute',
    (xml) => changed(xml, /Name="displayName"/, 'Name="nameID"'),
  ],
];

/** Messages that nobody we trust signed as they are. */
const notSigned: readonly Attack[] = [
  ['both signatures stripped', 'response-not-signed', unsigned],
  ['the response unsigned', 'response-not-signed', (xml) => signedOnly('assertion', xml, byIdp)],
  ['the assertion unsigned', 'assertion-not-signed', (xml) => signedOnly('response', xml, byIdp)],
  ["a stranger's signatures", 'bad-signature', (xml) => resigned(xml, byStranger)],
  [
    "a stranger's signature on the response",
    'bad-signature',
    (xml) => changed(resigned(xml, byIdp), /(<SignatureValue>)[^<]{8}/, '$1AAAAAAAA'),
  ],
  [
    'SHA-1 signatures of the right key',
    'weak-algorithm',
    (xml) => resigned(xml, { ...byIdp, algorithms: SHA1 }),
  ],
  [
    'a keyed hash in place of a signature',
    'weak-algorithm',
    (xml) => changed(xml, /xmldsig-more#rsa-sha256/g, 'xmldsig-more#hmac-sha256'),
  ],
  ['another name after signing', 'bad-signature', (xml) => changed(xml, />li\.wei</, '>ana<')],
  ['another group after signing', 'bad-signature', (xml) => changed(xml, />buyer</, '>administrator<')],
  [
    'a Destination made ours after signing',
    'bad-signature',
    (xml) =>
      changed(resigned(changed(xml, `Destination="${ACS}"`, `Destination="${wrong}"`), byIdp), wrong, ACS),
  ],
];

const evil = (xml: string): string =>
  changed(changed(unsigned(assertionOf(xml)), /ID="[^"]*"/, 'ID="_evil"'), />li\.wei</, '>ana<');

/** Where the signed part is, and where a careless reader looks, are made to differ. */
const wrapped: readonly Attack[] = [
  [
    'a second assertion before the signed one',
    'several-assertions',
    (xml) => changed(xml, /(<saml:Assertion )/, `${evil(xml)}$1`),
  ],
  [
    'a second assertion after the signed one',
    'several-assertions',
    (xml) => changed(xml, '</samlp:Response>', `${evil(xml)}</samlp:Response>`),
  ],
  [
    'the signed assertion inside an extension',
    'several-assertions',
    (xml) => {
      const genuine = assertionOf(xml);
      return changed(xml, genuine, `<samlp:Extensions>${genuine}</samlp:Extensions>${evil(xml)}`);
    },
  ],
  [
    'the signed response inside another one',
    'several-assertions',
    (xml) => {
      const outer = changed(changed(unsigned(xml), /ID="[^"]*"/, 'ID="_outer"'), />li\.wei</, '>ana<');
      return changed(outer, '<samlp:Status>', `<samlp:Extensions>${xml}</samlp:Extensions><samlp:Status>`);
    },
  ],
  [
    'the signed assertion as an Object of its signature',
    'several-assertions',
    (xml) => {
      const genuine = assertionOf(xml);
      const signature = /<Signature xmlns.*?<\/Signature>/.exec(genuine)?.[0] ?? '';
      const object = `<Object>${changed(genuine, signature, '')}</Object></Signature>`;
      return changed(
        xml,
        genuine,
        changed(evil(xml), '</saml:Issuer>', `</saml:Issuer>${changed(signature, '</Signature>', object)}`),
      );
    },
  ],
  [
    'an Object beside the signature',
    'signature-malformed',
    (xml) => changed(xml, '</KeyInfo></Signature>', '</KeyInfo><Object/></Signature>'),
  ],
  [
    'two elements of one ID',
    'repeated-id',
    (xml) => changed(xml, '<saml:Subject>', `<saml:Subject ID="${idOf(xml)}">`),
  ],
  [
    'a signature of another element',
    'signature-of-another',
    (xml) => changed(xml, /URI="#[^"]*"/, 'URI="#_another"'),
  ],
  ['a signature of nothing', 'signature-of-another', (xml) => changed(xml, /URI="#[^"]*"/, 'URI=""')],
  ['two references', 'signature-malformed', (xml) => changed(xml, /(<Reference .*?<\/Reference>)/, '$1$1')],
  [
    'a transform that rewrites',
    'signature-malformed',
    (xml) => changed(xml, /xmldsig#enveloped-signature/, 'xmldsig#base64'),
  ],
  [
    'a signature moved away from what it signs',
    'signature-misplaced',
    (xml) => {
      const signature = /<Signature xmlns.*?<\/Signature>/.exec(assertionOf(xml))?.[0] ?? '';
      return changed(changed(xml, signature, ''), '<saml:Subject>', `<saml:Subject>${signature}`);
    },
  ],
];
const idOf = (xml: string): string => /<saml:Assertion [^>]*ID="([^"]*)"/.exec(xml)?.[1] ?? '';

/** Messages made to be read in two ways, or to cost more than they should. */
const malformed: readonly Attack[] = [
  ['a DOCTYPE', 'markup-declaration', (xml) => `<!DOCTYPE Response>${xml}`],
  [
    'an entity of its own',
    'markup-declaration',
    (xml) => `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${xml}`,
  ],
  ['a comment in the name', 'markup-declaration', (xml) => changed(xml, '>li.wei<', '>ana<!---->.wei<')],
  ['a comment before the root', 'markup-declaration', (xml) => `<!-- x -->${xml}`],
  ['CDATA in the name', 'markup-declaration', (xml) => changed(xml, '>li.wei<', '><![CDATA[ana]]><')],
  ['a processing instruction', 'processing-instruction', (xml) => changed(xml, '>li.wei<', '>ana<?x?><')],
  ['an entity nobody declared', 'malformed', (xml) => changed(xml, '>li.wei<', '>&evil;<')],
  [
    'a repeated attribute',
    'malformed',
    (xml) => changed(xml, 'Version="2.0"', 'Version="2.0" Version="2.0"'),
  ],
  ['text after the root', 'malformed', (xml) => `${xml}x`],
  ['a second root', 'malformed', (xml) => `${xml}<x/>`],
  ['an end that is not its own', 'malformed', (xml) => changed(xml, '</saml:Subject>', '</saml:Assertion>')],
  [
    'a prefix nobody declared',
    'malformed',
    (xml) => changed(xml, '<saml:Subject>', '<evil:Subject>').replace('</saml:Subject>', '</evil:Subject>'),
  ],
  [
    'thousands of namespaces',
    'too-complex',
    (xml) => changed(xml, '<samlp:Response ', `<samlp:Response ${many(1500, (n) => `xmlns:a${n}="b"`)} `),
  ],
  [
    'thousands of elements',
    'too-complex',
    (xml) => changed(xml, '<saml:Subject>', `${many(3000, () => '<a/>')}<saml:Subject>`),
  ],
  [
    'elements forty deep',
    'too-complex',
    (xml) => changed(xml, '<saml:Subject>', `${'<a>'.repeat(40)}${'</a>'.repeat(40)}<saml:Subject>`),
  ],
  ['more than 64 KB', 'too-large', (xml) => `${' '.repeat(50_000)}${xml}`],
  [
    'an encrypted assertion that nobody can check',
    'encrypted',
    (xml) =>
      changed(
        xml,
        assertionOf(xml),
        '<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>',
      ),
  ],
  ['no assertion', 'no-assertion', (xml) => changed(xml, assertionOf(xml), '')],
  ['another document', 'not-a-response', () => '<a/>'],
  ['not XML', 'malformed', () => 'hello'],
];
const many = (count: number, make: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => make(n)).join(' ');

describe('forging a SAML response', () => {
  let world: World;
  before(async () => {
    world = await makeSamlWorld();
  });
  after(() => world.close());

  /** Posts the forged response of a sign-in that a browser really began, and looks for traces. */
  async function expectRefused(forge: (xml: string) => string, reason: string): Promise<void> {
    const browser = world.visitor();
    const answer = await postResponse(world, forge(await responseFor(browser, 'li.wei')));
    expect(answer.status, answer.headers['location']).to.equal(403);
    expect(answer.text).to.include('data-code="sign-in.response-refused"').and.to.include(`(${reason})`);
    for (const table of ['saml_ticket', 'saml_assertion_seen', 'user_account', 'event'])
      expect(await world.db(table), table).to.have.length(0);
    await browser.get('/').expect(303);
  }

  it('is not what these tests do when they change nothing: the same signer is accepted', async () => {
    const own = await makeSamlWorld();
    try {
      const browser = own.visitor();
      const xml = resigned(await responseFor(browser, 'li.wei'), byIdp);
      await finish(browser, await postResponse(own, xml).expect(303), 303);
    } finally {
      await own.close();
    }
  });

  for (const [what, reason, forge] of signedByTheIdp)
    it(`refuses ${what}, although the identity provider signed it`, () =>
      expectRefused((xml) => resigned(forge(xml), byIdp), reason));
  for (const [what, reason, forge] of [...notSigned, ...wrapped, ...malformed])
    it(`refuses ${what}`, () => expectRefused(forge, reason));

  it('refuses what is not base64, and no response at all', async () => {
    const post = (form: object) => request(world.app).post('/saml/acs').type('form').send(form);
    await post({ SAMLResponse: '<samlp:Response/>' }).expect(403, /\(malformed\)/);
    await post({ SAMLResponse: ['PGEvPg==', 'PGEvPg=='] }).expect(403, /\(missing\)/);
    await post({}).expect(403, /\(missing\)/);
  });

  it('spends no time on a message that is made to cost much', async () => {
    const xml = `<samlp:Response ${many(4000, (n) => `xmlns:a${n}="b"`)}/>`.slice(0, 48_000);
    const before = process.cpuUsage();
    await postResponse(world, xml).expect(403);
    await postResponse(world, '<a '.repeat(12_000)).expect(403);
    await postResponse(world, `<a ${'b="c" '.repeat(7_000)}`).expect(403);
    const { user, system } = process.cpuUsage(before);
    // Processor time, in microseconds: what else the machine does is no part of it.
    expect(user + system).to.be.lessThan(1_000_000);
  });

  it('stays responsive under twenty of the worst at once', async () => {
    const worst = [
      `<samlp:Response ${many(4000, (n) => `xmlns:a${n}="b"`)}/>`.slice(0, 48_000),
      '<a '.repeat(12_000),
      `<a ${'b="c" '.repeat(7_000)}`,
      `${'<a>'.repeat(8_000)}${'</a>'.repeat(5_000)}`,
    ];
    const before = process.cpuUsage();
    const attacks = Array.from({ length: 20 }, (_, n) => postResponse(world, worst[n % worst.length] ?? ''));
    const [alive, ...refused] = await Promise.all([request(world.app).get('/healthz'), ...attacks]);
    expect(alive?.status).to.equal(200);
    expect(refused.map((answer) => answer.status)).to.deep.equal(refused.map(() => 403));
    const { user, system } = process.cpuUsage(before);
    // The library alone takes seconds of processor time for one of them.
    expect(user + system).to.be.lessThan(4_000_000);
  });
});

describe('replaying a SAML response', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeSamlWorld();
  });
  afterEach(() => world.close());

  it('accepts one of twenty posted at once', async () => {
    const xml = await responseFor(world.visitor(), 'li.wei');
    const answers = await Promise.all(Array.from({ length: 20 }, () => postResponse(world, xml)));
    const accepted = answers.filter((answer) => answer.status === 303);
    expect(accepted).to.have.length(1);
    expect(answers.filter((answer) => answer.status === 403)).to.have.length(19);
    expect(await world.db('saml_ticket')).to.have.length(1);
  });

  it('refuses it later as well, and a second response to the same request', async () => {
    const xml = await responseFor(world.visitor(), 'li.wei');
    await postResponse(world, xml).expect(303);
    await postResponse(world, xml).expect(403);
    const second = changed(changed(xml, idOf(xml), '_second'), /ID="_[0-9a-f]{20}"/, 'ID="_second-response"');
    await postResponse(world, resigned(second, byIdp)).expect(403);
  });

  it('refuses an answer that comes after fifteen minutes', async () => {
    const xml = await responseFor(world.visitor(), 'li.wei');
    world.setNow('2026-03-02T10:15:00Z');
    await postResponse(world, xml).expect(403, /\(not-asked-for\)/);
  });
});

describe('choosing which signatures are wanted', () => {
  for (const signed of ['response', 'assertion'] as const)
    it(`accepts a provider that signs the ${signed} only, and refuses one that signs only the other`, async () => {
      const world = await makeSamlWorld({ signed });
      try {
        const other = signed === 'response' ? 'assertion' : 'response';
        const browser = world.visitor();
        const xml = await responseFor(browser, 'ana');
        await postResponse(world, signedOnly(other, xml, byIdp)).expect(403);
        await postResponse(world, unsigned(xml)).expect(403);
        await finish(browser, await postResponse(world, signedOnly(signed, xml, byIdp)).expect(303), 303);
        expect(await world.db('user_account')).to.have.length(1);
      } finally {
        await world.close();
      }
    });

  it('accepts either certificate while one is exchanged for the next', async () => {
    const { saml } = testSignIn();
    const certificates = [strangersKeyPair().certificate, ...saml.idp.certificates];
    const world = await makeSamlWorld({ idp: { ...saml.idp, certificates } });
    try {
      for (const by of [byIdp, byStranger])
        await postResponse(world, resigned(await responseFor(world.visitor(), 'ana'), by)).expect(303);
    } finally {
      await world.close();
    }
  });
});

describe('starting with SAML settings that protect nobody', () => {
  const { saml } = testSignIn();
  it('refuses no certificate of the identity provider', () =>
    expect(() => assertSamlSettings({ ...saml, idp: { ...saml.idp, certificates: [] } })).to.throw(
      /no certificate/,
    ));
  it('refuses more certificates than an exchange needs', () => {
    const certificates = Array.from({ length: 3 }, () => saml.idp.certificates[0] ?? '');
    expect(() => assertSamlSettings({ ...saml, idp: { ...saml.idp, certificates } })).to.throw(/at most two/);
  });
  it('refuses a certificate that is none', () =>
    expect(() => assertSamlSettings({ ...saml, idp: { ...saml.idp, certificates: ['hello'] } })).to.throw());
  it('refuses a key and a certificate of two pairs', () => {
    const keyPair = { ...saml.keyPair, certificate: strangersKeyPair().certificate };
    expect(() => assertSamlSettings({ ...saml, keyPair })).to.throw(/belong together/);
  });
  it('refuses the development identity provider in production', () => {
    const settings = {
      environment: 'production',
      origin: 'https://portal.example',
      keyFolder: '/nowhere',
      staff: () => [],
    };
    expect(() => makeDevelopmentIdentityProvider(settings)).to.throw(/production/);
  });
});
