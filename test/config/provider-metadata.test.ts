import { expect } from 'chai';
import { readSettings } from '../../config/settings.ts';

const here = import.meta.filename;
const read = (env: Record<string, string>) =>
  readSettings(
    { NODE_ENV: 'test', MASTER_KEY: Buffer.alloc(32, 1).toString('base64'), ...env },
    { dataDirDefault: '/nowhere' },
  );

describe('the identity provider by its metadata', () => {
  it('needs no other variable, and the development provider is off then', () => {
    const { saml, developmentIdp } = read({ SAML_IDP_METADATA_FILE: here });
    expect(saml.idp).to.equal(null);
    expect(saml.idpMetadata).to.contain('the identity provider by its metadata');
    expect(developmentIdp).to.equal(false);
  });

  it('refuses to say a thing twice, because the two could differ', () => {
    const twice = { SAML_IDP_METADATA_FILE: here, SAML_IDP_ISSUER: 'urn:x' };
    expect(() => read(twice)).to.throw('SAML_IDP_ISSUER: leave it out');
  });

  it('refuses a file that is not there', () => {
    expect(() => read({ SAML_IDP_METADATA_FILE: '/nowhere.xml' })).to.throw('SAML_IDP_METADATA_FILE');
  });
});
