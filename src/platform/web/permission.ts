import type { Actor } from '../../kernel/actor.ts';

/** Permission names stand in one table (`config/permissions.ts`); `anyone` and `signed-in` need no row. */
export type Permission = string;

/** May this actor do this, as far as the role tells? What belongs to whom is decided with the document. */
export type Decide = (actor: Actor, permission: Permission) => boolean;
