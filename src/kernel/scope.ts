import type { Role, Scope } from './actor.ts';

export const everywhere: Scope = { plants: null, categories: null };

/** Whoever checks the others, and whoever gives out the roles, cannot do so with half of the picture. */
const NEVER_LIMITED: readonly Role[] = ['auditor', 'administrator'];

/** The scope that holds for somebody with these roles; no code of a kind means no limit of that kind. */
export function scopeOf(
  roles: readonly Role[],
  codes: { plants: readonly string[]; categories: readonly string[] },
): Scope {
  if (roles.some((role) => NEVER_LIMITED.includes(role))) return everywhere;
  return {
    plants: codes.plants.length === 0 ? null : codes.plants,
    categories: codes.categories.length === 0 ? null : codes.categories,
  };
}
