import type { StaffRole } from '../../kernel/actor.ts';
import type { Tx } from '../../platform/db/context.ts';
import { firstOf, rowsOf } from '../../platform/db/statements.ts';

/** A person with the groups it is in, and the roles that the directory gave it so far. */
export type Standing = {
  readonly id: string;
  readonly groups: readonly string[];
  readonly roles: readonly StaffRole[];
  /** Roles that came with a sign-in before the directory took over. */
  readonly signInRoles: readonly StaffRole[];
  /** Roles granted here, which stay. */
  readonly grantedRoles: readonly StaffRole[];
  readonly givesRoles: boolean;
};

/** Locks these people and says how they stand; a group is known by its name and by its external id. */
export async function lockStandings(tx: Tx, userIds: readonly string[]): Promise<Standing[]> {
  await tx.raw(
    `SELECT person.id FROM user_account AS person
      WHERE person.id = ANY(?::uuid[]) ORDER BY person.id FOR NO KEY UPDATE`,
    [[...userIds]],
  );
  return rowsOf<Standing>(
    tx,
    `SELECT known.user_id AS id, known.gives_roles AS "givesRoles",
            ARRAY(SELECT unnest(ARRAY[held.name, held.external_id])
                    FROM scim_group_member AS member
                    JOIN scim_group AS held ON held.id = member.group_id
                   WHERE member.user_id = known.user_id) AS groups,
            ARRAY(SELECT given.role FROM user_role AS given
                   WHERE given.user_id = known.user_id AND given.source = 'scim' ORDER BY given.role) AS roles,
            ARRAY(SELECT given.role FROM user_role AS given
                   WHERE given.user_id = known.user_id AND given.source = 'group'
                   ORDER BY given.role) AS "signInRoles",
            ARRAY(SELECT given.role FROM user_role AS given
                   WHERE given.user_id = known.user_id AND given.source = 'granted') AS "grantedRoles"
       FROM scim_user AS known
      WHERE known.user_id = ANY(?::uuid[])
      ORDER BY known.user_id`,
    [[...userIds]],
  );
}

/** Gives these people exactly these roles of the directory's, and none that came with a sign-in. */
export async function saveRoles(
  tx: Tx,
  people: readonly { readonly id: string; readonly roles: readonly StaffRole[] }[],
  at: Date,
): Promise<void> {
  const ids = people.map((person) => person.id);
  const wanted = JSON.stringify(
    people.flatMap((person) => person.roles.map((role) => ({ user_id: person.id, role }))),
  );
  await tx.raw(`UPDATE scim_user SET gives_roles = true WHERE user_id = ANY(?::uuid[])`, [ids]);
  await tx.raw(
    `DELETE FROM user_role AS given
      WHERE given.user_id = ANY(?::uuid[])
        AND (given.source = 'group'
             OR given.source = 'scim'
                AND NOT EXISTS (SELECT FROM jsonb_to_recordset(?::jsonb) AS one(user_id uuid, role text)
                                 WHERE one.user_id = given.user_id AND one.role = given.role))`,
    [ids, wanted],
  );
  await tx.raw(
    `INSERT INTO user_role (user_id, role, source, granted_at)
     SELECT one.user_id, one.role, 'scim', ?
       FROM jsonb_to_recordset(?::jsonb) AS one(user_id uuid, role text)
     ON CONFLICT DO NOTHING`,
    [at, wanted],
  );
  // Whoever may do nothing any more is out.
  await tx.raw(
    `DELETE FROM web_session
      WHERE sess ->> 'userId' = ANY(?::text[])
        AND NOT EXISTS (SELECT FROM user_role AS held WHERE held.user_id::text = sess ->> 'userId')`,
    [ids],
  );
}

/** The account that signs in under this name and is in the care of the directory, if the directory gives it roles. */
export const findGivenRoles = async (
  tx: Tx,
  of: { idpEntityId: string; nameId: string },
): Promise<string | null> =>
  (
    await firstOf<{ id: string }>(
      tx,
      `SELECT known.user_id AS id
         FROM scim_user AS known
         JOIN user_account AS person ON person.id = known.user_id AND person.kind = 'staff'
        WHERE person.idp_entity_id = ? AND person.name_id = ? AND known.gives_roles`,
      [of.idpEntityId, of.nameId],
    )
  )?.id ?? null;
