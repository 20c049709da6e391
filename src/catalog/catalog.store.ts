import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Category, Item, Plant } from './catalog.ts';

const PLANT = `
  SELECT plant.code, plant.name_en AS "nameEn", plant.name_zh AS "nameZh",
         plant.address_lines AS "addressLines", plant.time_zone AS "timeZone",
         plant.calendar_code AS "calendarCode", plant.language
    FROM plant`;

export const findCategories = (tx: Tx): Promise<Category[]> =>
  rowsOf<Category>(
    tx,
    `SELECT category.code, category.name_en AS "nameEn", category.name_zh AS "nameZh"
       FROM category
      ORDER BY category.code
      LIMIT 1000`,
  );

export const findPlants = (tx: Tx): Promise<Plant[]> =>
  rowsOf<Plant>(tx, `${PLANT} ORDER BY plant.code LIMIT 1000`);

export const findPlantByCode = (tx: Tx, code: string): Promise<Plant | undefined> =>
  firstOf<Plant>(tx, `${PLANT} WHERE plant.code = ?`, [code]);

export const findItems = (tx: Tx, codes: readonly string[]): Promise<Item[]> =>
  rowsOf<Item>(
    tx,
    `SELECT item.id, item.code, item.description, item.unit, item.category_code AS "categoryCode"
       FROM item
      WHERE item.code = ANY (?::text[])`,
    [codes],
  );

/** False when the code is taken. */
export async function insertCategory(tx: Tx, category: Category & { id: string }): Promise<boolean> {
  const { id, code, nameEn, nameZh } = category;
  const inserted = await tx('category')
    .insert({ id, code, name_en: nameEn, name_zh: nameZh })
    .onConflict('code')
    .ignore()
    .returning('code');
  return inserted.length === 1;
}

/** False when the code is taken. */
export async function insertPlant(tx: Tx, plant: Plant & { id: string }): Promise<boolean> {
  const { id, code, nameEn, nameZh, addressLines, timeZone, calendarCode = null, language } = plant;
  const inserted = await tx('plant')
    .insert({
      id,
      code,
      name_en: nameEn,
      name_zh: nameZh,
      address_lines: addressLines,
      time_zone: timeZone,
      calendar_code: calendarCode,
      ...(language === undefined ? {} : { language }),
    })
    .onConflict('code')
    .ignore()
    .returning('code');
  return inserted.length === 1;
}

/** Writes many items in one statement; a code that is there already stays as it is. Gives those written. */
export const insertItems = (tx: Tx, items: readonly Item[]): Promise<{ id: string; code: string }[]> =>
  rowsOf(
    tx,
    `INSERT INTO item (id, code, description, unit, category_code)
     SELECT fresh.id, fresh.code, fresh.description, fresh.unit, fresh.category_code
       FROM jsonb_to_recordset(?::jsonb)
         AS fresh (id uuid, code text, description text, unit text, category_code text)
     ON CONFLICT (code) DO NOTHING
     RETURNING item.id, item.code`,
    [JSON.stringify(items.map(({ categoryCode, ...item }) => ({ ...item, category_code: categoryCode })))],
  );
