import { expect } from 'chai';
import { describeSettings, readSettings } from '../../config/settings.ts';

const TOKEN = 'dGhpcyBpcyBub3QgYSByZWFsIHRva2VuIQ==';
const read = (env: Record<string, string>) =>
  readSettings(
    { NODE_ENV: 'test', MASTER_KEY: Buffer.alloc(32, 1).toString('base64'), ...env },
    { dataDirDefault: '/nowhere' },
  );

describe('the settings of SCIM', () => {
  it('leave it off without a token', () => {
    expect(read({}).scim).to.equal(null);
  });

  it('keep the SHA-256 of the token, and the token nowhere', () => {
    const settings = read({ SCIM_TOKEN: TOKEN });
    expect(settings.scim?.tokenSha256).to.match(/^[0-9a-f]{64}$/);
    expect(JSON.stringify([settings, describeSettings(settings)])).to.not.contain(TOKEN);
  });

  for (const token of ['short', 'x'.repeat(31), `${'x'.repeat(40)} y`, `${'x'.repeat(40)}é`])
    it(`refuse a token that could be guessed or not be sent: ${token.length} signs`, () => {
      expect(() => read({ SCIM_TOKEN: token })).to.throw('SCIM_TOKEN');
    });

  it('refuse a directory where nobody signs in', () => {
    expect(() => read({ SCIM_TOKEN: TOKEN, DEVELOPMENT_IDP: 'off' })).to.throw('SAML_IDP_ENTRY_POINT');
  });
});
