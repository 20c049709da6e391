export { accessRoutes } from './access/access.routes.ts';
export { matrixMarkdown } from './access/matrix.report.ts';
export { matrixOf } from './access/matrix.ts';
export { assertMay, isSeparated, may, mayUse } from './access.service.ts';
export { addressRoutes } from './address/address-change.routes.ts';
export { makeAddressLink } from './address/address-change.service.ts';
export { type ActorSettings, attachActor } from './attach-actor.ts';
export { attachVisitor } from './attach-visitor.ts';
export {
  changeSupplierUserRoles,
  deactivateSupplierUser,
  endAccess,
  reactivateSupplierUser,
  revokeSignInLinks,
} from './deactivation.service.ts';
export { type Decision, decide, type Resource } from './decide.ts';
export type { ShownDelegation } from './delegation/delegation.store.ts';
export { actorFor, type DelegableRole, standingInFor } from './delegation/delegation.ts';
export {
  findAbsences,
  findAbsencesInRole,
  findDelegation,
  findPersonsBehind,
  noteRunOutDelegations,
} from './delegation/delegations.service.ts';
export {
  type DemonstrationStaff,
  type DevelopmentIdentityProvider,
  developmentIssuer,
  makeDevelopmentIdentityProvider,
} from './development-idp/development-idp.ts';
export { isPasskeyOffered } from './devices/devices.service.ts';
export { identityRoutes, type SignInSettings } from './identity.routes.ts';
export {
  createSupplierUser,
  findAccount,
  findSupplierUsers,
  findUser,
  findUsersByRole,
  removeExpiredSignIns,
} from './identity.service.ts';
export { answerLinkRequest } from './new-link.service.ts';
export { hashPassword, type PasswordHash } from './password.ts';
export { setPassword } from './passwords.service.ts';
export {
  expireRoleRequests,
  findRoleRequest,
  waitingFor,
} from './people/granting.service.ts';
export { type PeopleSettings, peopleRoutes } from './people/people.routes.ts';
export { needsFourEyes } from './people/role-request.ts';
export { forgetOldFailures } from './people/sign-in-failures.service.ts';
export { readProviderMetadata } from './saml/provider-metadata.ts';
export { assertSamlSettings, type IdentityProvider, type SamlSettings } from './saml/settings.ts';
export { SCIM_PATH, type ScimSettings, scimRoutes } from './scim/scim.routes.ts';
export { replaceScope } from './scope/scope.service.ts';
export { asksToSignIn, linkHours, ONE_TIME_SIGN_IN } from './sign-in-link.ts';
export { issueSignInLink } from './sign-in-links.service.ts';
export { askForActCode } from './signed-link/act-code.routes.ts';
export { forgetMailedCode, openCodeToMail } from './signed-link/act-code.service.ts';
export { signedLinkRoutes } from './signed-link/signed-link.routes.ts';
export {
  getSignedLink,
  issueSignedLink,
  type LinkWanted,
  pageOfSignedLink,
  revokeSignedLinks,
} from './signed-link/signed-link.service.ts';
export { provisionStaff } from './staff-sign-in.service.ts';
export { makeFreshProof } from './step-up/fresh-proof.middleware.ts';
export type { Person, Preferences, Theme, User } from './user.ts';
export { type SessionSettings, sessions } from './web-session.ts';
