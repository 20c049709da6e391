import path from 'node:path';
import { demonstrationStaff } from '../config/demonstration-staff.ts';
import type { Settings } from '../config/settings.ts';
import {
  type IdentityProvider,
  makeDevelopmentIdentityProvider,
  readProviderMetadata,
  type SamlSettings,
  type ScimSettings,
  type SignInSettings,
} from './identity/index.ts';
import { staffRoles } from './kernel/actor.ts';
import { keptKeyPair } from './platform/crypto/self-signed.ts';

/**
 * Where staff sign in: at the company's identity provider, at the built-in one, or not at all.
 * @throws Error in production with the built-in one
 */
export function signInSettings(settings: Settings): SignInSettings {
  const { saml, origin, dataDir, environment, demo } = settings;
  const secondFactor = settings.supplierSecondFactor;
  const keyFolder = path.join(dataDir, 'keys');
  const withProvider = (idp: IdentityProvider, rolesByGroup: SamlSettings['rolesByGroup']): SamlSettings => ({
    origin,
    entityId: saml.entityId,
    idp,
    keyPair:
      saml.keyPair ??
      keptKeyPair(keyFolder, { name: 'service-provider', commonName: new URL(origin).hostname }),
    signed: saml.signed,
    groupsAttribute: saml.groupsAttribute,
    rolesByGroup,
    ...(saml.scopeByGroup === null ? {} : { scopeByGroup: saml.scopeByGroup }),
  });
  const idp = saml.idp ?? describedProvider(saml.idpMetadata);
  if (idp !== null)
    return {
      saml: withProvider(idp, saml.rolesByGroup),
      developmentIdp: null,
      isDemonstration: demo,
      secondFactor,
    };
  if (!settings.developmentIdp)
    return { saml: null, developmentIdp: null, isDemonstration: demo, secondFactor };
  const developmentIdp = makeDevelopmentIdentityProvider({
    environment,
    origin,
    keyFolder,
    staff: () => demonstrationStaff,
  });
  // There the groups are called as the roles are.
  const rolesByName = Object.fromEntries(staffRoles.map((role) => [role, role]));
  return {
    saml: { ...withProvider(developmentIdp.idp, rolesByName), signed: 'both', groupsAttribute: 'groups' },
    developmentIdp,
    isDemonstration: demo,
    secondFactor,
  };
}

/**
 * The provider that its metadata describe; null without them.
 * @throws Error that names the variable and says what is wrong
 */
export function describedProvider(metadata: string | null): IdentityProvider | null {
  if (metadata === null) return null;
  try {
    return readProviderMetadata(metadata);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`SAML_IDP_METADATA_FILE: ${why}`, { cause: error });
  }
}

/** How a directory manages the staff that sign in there; null when none does. */
export const scimSettings = (settings: Settings, { saml }: SignInSettings): ScimSettings | null =>
  settings.scim === null || saml === null
    ? null
    : { ...settings.scim, idpEntityId: saml.idp.issuer, rolesByGroup: saml.rolesByGroup };
