import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { describeSettings, movedTo, readSettings } from '../../config/settings.ts';
import { variables } from '../../config/variables.ts';
import { makeKeyPair } from '../../src/platform/crypto/self-signed.ts';

describe('reading the settings', () => {
  let folder: string;
  const read = (env: Record<string, string>) => readSettings(env, { dataDirDefault: folder });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'portico-settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('needs nothing to try Portico', () => {
    const settings = read({});
    expect(settings).to.include({ port: 3000, host: '127.0.0.1', origin: 'http://localhost:3000' });
    expect(settings).to.include({ databaseUrl: null, redisUrl: null, smtpUrl: null });
    expect(settings).to.include({ developmentIdp: true, demo: true, isPortMovable: true });
    expect(Object.isFrozen(settings)).to.equal(true);
  });

  it('makes the master key once, for its owner only', () => {
    const first = read({}).masterKey;
    expect(first).to.have.lengthOf(32);
    expect(read({}).masterKey).to.deep.equal(first);
    expect(statSync(path.join(folder, 'master.key')).mode & 0o777).to.equal(0o600);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(read({ PORT: '', DATABASE_URL: '', DEMO: '' })).to.include({
      port: 3000,
      databaseUrl: null,
      demo: true,
    });
  });

  it('names every wrong variable at once and what to write, and never shows a value', () => {
    const env = {
      PORT: '70000',
      DATABASE_URL: 'mysql://u:secret@db',
      DEMO: 'yes',
      MASTER_KEY: 'c2hvcnQ=',
      SAML_ROLES: 'a=boss',
    };
    expect(() => read(env))
      .to.throw()
      .with.property('message')
      .that.satisfies((message: string) =>
        Object.keys(env).every((name) => message.includes(`${name}: write`)),
      )
      .and.not.includes('secret');
  });

  const production = {
    NODE_ENV: 'production',
    ORIGIN: 'https://portal.example.com',
    DATABASE_URL: 'postgres://portico:secret@db/portico',
    SMTP_URL: 'smtps://mailer:secret@mail',
    MAIL_FROM: 'Purchasing <purchasing@example.com>',
    MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
    SAML_IDP_ENTRY_POINT: 'https://idp.example.com/sso',
    SAML_IDP_ISSUER: 'https://idp.example.com',
  };
  const withCertificate = () => {
    const file = path.join(folder, 'idp.pem');
    writeFileSync(file, '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');
    return { ...production, SAML_IDP_CERTIFICATE_FILES: file };
  };

  it('accepts a complete production, where nothing of the demonstration is on', () => {
    const settings = read({ ...withCertificate(), SAML_ROLES: 'purchasing=buyer, controlling=finance' });
    expect(settings).to.include({
      supplierSecondFactor: 'required',
      developmentIdp: false,
      demo: false,
      isPortMovable: false,
      logLevel: 'info',
    });
    expect(settings.saml.entityId).to.equal('https://portal.example.com/saml/metadata');
    expect(settings.saml.rolesByGroup).to.deep.equal({ purchasing: 'buyer', controlling: 'finance' });
  });

  for (const name of [
    'ORIGIN',
    'DATABASE_URL',
    'SMTP_URL',
    'MAIL_FROM',
    'MASTER_KEY',
    'SAML_IDP_ENTRY_POINT',
  ])
    it(`refuses production without ${name}`, () => {
      expect(() => read({ ...withCertificate(), [name]: '' })).to.throw(`${name}: write`);
    });

  it('refuses the development identity provider in production, where anybody could be anybody', () => {
    expect(() => read({ ...withCertificate(), DEVELOPMENT_IDP: 'on' })).to.throw(
      'DEVELOPMENT_IDP: leave it off',
    );
  });

  it('refuses the demonstration in production, where everybody would know its passwords', () => {
    expect(() => read({ ...withCertificate(), DEMO: 'on' })).to.throw('DEMO: leave it off');
  });

  it('refuses an identity provider without its certificate', () => {
    expect(() => read(production)).to.throw('SAML_IDP_CERTIFICATE_FILES: write it too');
    expect(() => read({ ...withCertificate(), SAML_IDP_CERTIFICATE_FILES: '/nowhere.pem' })).to.throw(
      'is none',
    );
  });

  it("takes the service provider's key from files, so that several web machines have one", () => {
    const file = (name: string, text: string) => {
      writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    };
    const [pair, other] = [makeKeyPair('Portico'), makeKeyPair('Another')];
    const SAML_SP_KEY_FILE = file('sp.key', pair.privateKey);
    const SAML_SP_CERTIFICATE_FILE = file('sp.crt', pair.certificate);
    expect(read({}).saml.keyPair).to.equal(null);
    expect(read({ SAML_SP_KEY_FILE, SAML_SP_CERTIFICATE_FILE }).saml.keyPair).to.deep.equal(pair);
    expect(() => read({ SAML_SP_KEY_FILE })).to.throw('together');
    expect(() => read({ SAML_SP_CERTIFICATE_FILE })).to.throw('together');
    const swapped = { SAML_SP_KEY_FILE: SAML_SP_CERTIFICATE_FILE, SAML_SP_CERTIFICATE_FILE };
    expect(() => read(swapped)).to.throw('SAML_SP_KEY_FILE: write PEM files');
    const strange = { SAML_SP_KEY_FILE, SAML_SP_CERTIFICATE_FILE: file('other.crt', other.certificate) };
    expect(() => read(strange)).to.throw('that belongs to SAML_SP_KEY_FILE');
  });

  it('is described without any secret', () => {
    const text = JSON.stringify(describeSettings(read(withCertificate())));
    expect(text).to.include('db/portico').and.include('mailer@mail');
    expect(text).to.not.include('secret').and.not.include(production.MASTER_KEY);
  });

  it('moves address and entity id together with the port', () => {
    const moved = movedTo(read({}), 3001);
    expect(moved).to.include({ port: 3001, origin: 'http://localhost:3001' });
    expect(moved.saml.entityId).to.equal('http://localhost:3001/saml/metadata');
  });

  it('reads no variable that is not in the table', () => {
    const source = readFileSync(path.join(import.meta.dirname, '../../config/settings.ts'), 'utf8');
    const used = [...source.matchAll(/given\.([A-Z_]+)/g)].map((match) => match[1] as string);
    expect(used.filter((name) => !(name in variables))).to.deep.equal([]);
    expect(Object.keys(variables).filter((name) => !source.includes(name))).to.deep.equal([]);
  });
});
