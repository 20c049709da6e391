export { type ActorSettings, attachActor } from './attach-actor.ts';
export { decide, type PermissionTable } from './decide.ts';
export {
  changePreferences,
  createSupplierUser,
  findSupplierUsers,
  findUser,
  findUsersByRole,
  issueSignInLink,
  provisionStaff,
  removeExpiredSignIns,
  setPassword,
  signInByLink,
  type StaffIdentity,
  upsertStaffFromAssertion,
} from './identity.service.ts';
export {
  assertGoodPassword,
  hashPassword,
  type PasswordHash,
} from './password.ts';
export {
  actorOf,
  type RolesByGroup,
  type Person,
  type Preferences,
  type Theme,
  type User,
} from './user.ts';
export { type SessionSettings, sessions, startSession } from './web-session.ts';
export {
  type DemonstrationStaff,
  type DevelopmentIdentityProvider,
  makeDevelopmentIdentityProvider,
} from './development-idp/development-idp.ts';
export { assertSamlSettings, type IdentityProvider, type SamlSettings } from './saml/settings.ts';
