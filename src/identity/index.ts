export { type ActorSettings, attachActor } from "./attach-actor.ts";
export { decide, type PermissionTable } from "./decide.ts";
export {
	changePreferences,
	createSupplierUser,
	findSupplierUsers,
	findUser,
	findUsersByRole,
	getUserOfLink,
	issueSignInLink,
	provisionStaff,
	setPassword,
	signInByLink,
	type StaffIdentity,
	upsertStaffFromAssertion,
} from "./identity.service.ts";
export {
	assertGoodPassword,
	hashPassword,
	type PasswordHash,
} from "./password.ts";
export {
	actorOf,
	type GroupRoles,
	type Person,
	type Preferences,
	type Theme,
	type User,
} from "./user.ts";
export { type SessionSettings, sessions, startSession } from "./web-session.ts";
