import type { World } from '../support/world.ts';

/** The address of a world's own database, for queues on it. */
export async function databaseUrlOf(world: World): Promise<string> {
  const { rows } = await world.db.raw<{ rows: { name: string }[] }>('SELECT current_database() AS name');
  const url = new URL(String(process.env['TEST_POSTGRES_URL']));
  url.pathname = `/${rows[0]?.name}`;
  return url.href;
}
