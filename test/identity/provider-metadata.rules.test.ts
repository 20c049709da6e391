import { expect } from 'chai';
import { readProviderMetadata } from '../../src/identity/saml/provider-metadata.ts';

const key = (use: string, certificate: string) =>
  `<md:KeyDescriptor${use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
const service = (name: string, binding: string, location: string) =>
  `<md:${name} Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${location}"/>`;
const SIGN_ON = service('SingleSignOnService', 'HTTP-Redirect', 'https://idp.example/sso');
const descriptor = (inside: string) => `<md:IDPSSODescriptor>${inside}</md:IDPSSODescriptor>`;
const metadata = (inside: string) =>
  `<?xml version="1.0"?><!-- made by hand --><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"
    xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="urn:the:provider">${inside}</md:EntityDescriptor>`;

describe('reading a provider’s metadata', () => {
  it('finds who it is, where to go by redirect, and what it signs with, each once', () => {
    const inside =
      key(' use="signing"', 'QUJD\n RA==') +
      key(' use="encryption"', 'ZW5j') +
      key('', 'QUJDRA==') +
      key(' use="signing"', 'bmV4dA==') +
      service('SingleLogoutService', 'HTTP-POST', 'https://idp.example/post') +
      service('SingleLogoutService', 'HTTP-Redirect', 'https://idp.example/slo') +
      SIGN_ON;
    const read = readProviderMetadata(metadata(descriptor(inside)));
    expect(read).to.deep.include({
      issuer: 'urn:the:provider',
      entryPoint: 'https://idp.example/sso',
      logoutUrl: 'https://idp.example/slo',
    });
    expect(read.certificates.map((pem) => pem.split('\n')[1])).to.deep.equal(['QUJDRA==', 'bmV4dA==']);
  });

  for (const [what, xml, says] of [
    ['nothing that is XML', 'no', 'malformed'],
    ['a service provider', metadata('<md:SPSSODescriptor/>'), 'one identity provider'],
    ['two providers', metadata(descriptor('') + descriptor('')), 'one identity provider'],
    ['a provider without a certificate', metadata(descriptor(SIGN_ON)), 'no signing certificate'],
    [
      'one that only encrypts',
      metadata(descriptor(key(' use="encryption"', 'QQ==') + SIGN_ON)),
      'no signing certificate',
    ],
    ['one without a way by redirect', metadata(descriptor(key('', 'QQ=='))), 'HTTP-Redirect'],
    [
      'a script in place of an address',
      metadata(descriptor(key('', 'QQ==') + service('SingleSignOnService', 'HTTP-Redirect', 'javascript:x'))),
      'HTTP-Redirect',
    ],
    ['an entity of its own', `<!DOCTYPE x [<!ENTITY e "v">]>${metadata('')}`, 'markup-declaration'],
  ] as const)
    it(`says what is wrong with ${what}`, () => {
      expect(() => readProviderMetadata(xml)).to.throw(says);
    });
});
