import { z } from 'zod';
import { found } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { type KeyPair, keptKeyPair } from '../../platform/crypto/self-signed.ts';
import { parseForm } from '../../platform/web/params.ts';
import type { PortalRouter } from '../../platform/web/router.ts';
import type { WebDeps } from '../../platform/web/web.ts';
import { ASSERTION, PROTOCOL, SUCCESS } from '../saml/names.ts';
import { readRedirectMessage, redirectUrl } from '../saml/redirect-binding.ts';
import { acsUrlOf, type IdentityProvider, type SamlSettings, sloUrlOf } from '../saml/settings.ts';
import { type Identity, issueResponse } from './issue-response.ts';

/** Somebody whom visitors of the demonstration may sign in as. */
export type DemonstrationStaff = Identity & {
  /** Where the person works, e.g. the plant's name. */
  readonly place: string;
};

export type DevelopmentIdentityProvider = {
  /** What the portal's SAML settings say of it. */
  readonly idp: IdentityProvider;
  /** Adds its pages; `saml` are the portal's settings, which name it. */
  addRoutes(router: PortalRouter, web: WebDeps, saml: SamlSettings): void;
};

/** The same wherever the portal answers, so that a person keeps the account when the port changes. */
export const developmentIssuer = 'urn:portico:development-idp';

const BASE = '/development-idp';

/**
 * A real SAML identity provider for development: it asks for no password, so anybody can be anybody.
 * @throws Error in production
 */
export function makeDevelopmentIdentityProvider(settings: {
  readonly environment: string;
  readonly origin: string;
  readonly keyFolder: string;
  /** Asked for at each sign-in, so that a demonstration loaded later is there. */
  readonly staff: () => readonly DemonstrationStaff[];
}): DevelopmentIdentityProvider {
  if (settings.environment === 'production')
    throw new Error('The development identity provider lets anybody in: it does not run in production');
  const address = `${settings.origin}${BASE}`;
  const keyPair = keptKeyPair(settings.keyFolder, {
    name: 'development-idp',
    commonName: 'Portico development identity provider',
  });
  const idp: IdentityProvider = {
    issuer: developmentIssuer,
    entryPoint: `${address}/sso`,
    certificates: [keyPair.certificate],
    logoutUrl: `${address}/slo`,
  };

  const addRoutes: DevelopmentIdentityProvider['addRoutes'] = (router, web, saml) => {
    router.get(`${BASE}/sso`, 'anyone', async (req, res) => {
      const request = req.originalUrl.split('?', 2)[1] ?? '';
      // Somebody came without a request, e.g. back from choosing the other language: begin anew.
      if (request === '') return res.redirect(303, '/saml/login');
      const { isForced } = readSignInRequest(request, { idp, saml });
      await web.showPage(res, 'identity/development-sign-in', {
        titleKey: 'identity.development.title',
        request,
        isForced,
        staff: settings.staff(),
      });
    });

    router.post(`${BASE}/sso`, 'anyone', async (req, res) => {
      const { request, person } = parseForm(choiceForm, req.body);
      const { requestId } = readSignInRequest(request, { idp, saml });
      const identity = found(
        'page',
        settings.staff().find((one) => one.nameId === person),
      );
      const acsUrl = acsUrlOf(saml);
      const xml = await issueResponse({
        identity,
        issuer: developmentIssuer,
        keyPair,
        audience: saml.entityId,
        acsUrl,
        requestId,
      });
      await web.showPage(res, 'identity/development-response', {
        titleKey: 'identity.development.title',
        acsUrl,
        samlResponse: Buffer.from(xml).toString('base64'),
        name: identity.name,
      });
    });

    router.get(`${BASE}/slo`, 'anyone', async (req, res) => {
      const request = req.originalUrl.split('?', 2)[1] ?? '';
      res.redirect(303, answerLogout(request, { idp, keyPair, saml }));
    });
  };
  return { idp, addRoutes };
}

const choiceForm = z.strictObject({ request: z.string().max(16_384), person: z.string().max(256) });

/** A sign-in request that the portal signed: nobody else is answered. Who asks, is asked: there is no session here. */
function readSignInRequest(
  rawQuery: string,
  of: { idp: IdentityProvider; saml: SamlSettings },
): { requestId: string; isForced: boolean } {
  const { root } = readRedirectMessage(rawQuery, {
    issuer: of.saml.entityId,
    certificates: [of.saml.keyPair.certificate],
    destination: of.idp.entryPoint,
    messages: ['AuthnRequest'],
  });
  return {
    requestId: root.attributes.get('ID') ?? '',
    isForced: root.attributes.get('ForceAuthn') === 'true',
  };
}

/** There is no session here to end: says that it is done, and sends the browser back. */
function answerLogout(
  rawQuery: string,
  of: { idp: IdentityProvider; keyPair: KeyPair; saml: SamlSettings },
): string {
  const { root, fields } = readRedirectMessage(rawQuery, {
    issuer: of.saml.entityId,
    certificates: [of.saml.keyPair.certificate],
    destination: of.idp.logoutUrl ?? '',
    messages: ['LogoutRequest'],
  });
  const answers = root.attributes.get('ID') ?? '';
  return redirectUrl(sloUrlOf(of.saml), {
    field: 'SAMLResponse',
    xml: logoutResponse({ answers, issuer: of.idp.issuer, destination: sloUrlOf(of.saml) }),
    relayState: fields['RelayState'] ?? '',
    privateKey: of.keyPair.privateKey,
  });
}

/** @param of.answers the request's id, which its signature covers; nothing else here comes from outside */
const logoutResponse = (of: { answers: string; issuer: string; destination: string }): string =>
  `<samlp:LogoutResponse xmlns:samlp="${PROTOCOL}" xmlns:saml="${ASSERTION}" ID="_${newId()}" Version="2.0" ` +
  `InResponseTo="${of.answers}" Destination="${of.destination}"><saml:Issuer>${of.issuer}</saml:Issuer>` +
  `<samlp:Status><samlp:StatusCode Value="${SUCCESS}"/></samlp:Status></samlp:LogoutResponse>`;
