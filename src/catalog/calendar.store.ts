import type { Calendar } from '../kernel/working-days.ts';
import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { CalendarDay, KeptCalendar, NamedCalendar } from './calendar.ts';

/** SQL for the rule of the calendar `at`, as JSON: of its days those that meet the condition on `day.day`. */
export const calendarOf = (at: string, which = 'true'): string => `
  jsonb_strip_nulls(jsonb_build_object(
    'confirmedUntil', ${at}.confirmed_until::text,
    'workingWeekdays', to_jsonb(${at}.working_weekdays),
    'days', coalesce((SELECT jsonb_object_agg(day.day::text, day.is_working)
                        FROM calendar_day AS day
                       WHERE day.calendar_code = ${at}.code
                         AND ${which}), '{}')))`;

const CALENDAR = `
  SELECT calendar.id, calendar.code, calendar.name_en AS "nameEn", calendar.name_zh AS "nameZh",
         calendar.working_weekdays AS "workingWeekdays", calendar.is_company AS "isCompany", calendar.version,
         calendar.confirmed_until AS "confirmedUntil",
         coalesce((SELECT jsonb_agg(jsonb_build_object('day', day.day::text, 'isWorking', day.is_working,
                                                       'nameEn', day.name_en, 'nameZh', day.name_zh) ORDER BY day.day)
                     FROM calendar_day AS day
                    WHERE day.calendar_code = calendar.code), '[]') AS days
    FROM calendar`;

export const findCalendars = (tx: Tx): Promise<KeptCalendar[]> =>
  rowsOf<KeptCalendar>(tx, `${CALENDAR} ORDER BY calendar.code LIMIT 200`);

export const lockCalendar = (tx: Tx, code: string): Promise<KeptCalendar | undefined> =>
  firstOf<KeptCalendar>(tx, `${CALENDAR} WHERE calendar.code = ? FOR UPDATE OF calendar`, [code]);

/** The rule that counts at a plant, or without one in the company; none where nobody keeps a calendar. */
export const findRule = async (tx: Tx, plantCode: string | null): Promise<Calendar | undefined> =>
  (
    await firstOf<{ rule: Calendar }>(
      tx,
      `SELECT ${calendarOf('calendar')} AS rule
         FROM calendar
        WHERE calendar.is_company
           OR calendar.code = (SELECT plant.calendar_code FROM plant WHERE plant.code = ?)
        ORDER BY calendar.code = (SELECT plant.calendar_code FROM plant WHERE plant.code = ?) DESC NULLS LAST
        LIMIT 1`,
      [plantCode, plantCode],
    )
  )?.rule;

/** False when the code is taken. */
export async function insertCalendar(tx: Tx, calendar: NamedCalendar & { id: string }): Promise<boolean> {
  const inserted = await tx('calendar')
    .insert({ ...columnsOf(calendar), id: calendar.id, code: calendar.code })
    .onConflict('code')
    .ignore()
    .returning('code');
  if (inserted.length === 0) return false;
  await insertDays(tx, calendar.code, calendar.days);
  return true;
}

export async function saveCalendar(tx: Tx, calendar: KeptCalendar): Promise<void> {
  await tx('calendar')
    .where({ code: calendar.code })
    .update({ ...columnsOf(calendar), version: calendar.version + 1 });
  await tx('calendar_day').where({ calendar_code: calendar.code }).delete();
  await insertDays(tx, calendar.code, calendar.days);
}

/** Takes the company's mark off whichever calendar has it. */
export async function unmarkCompany(tx: Tx, but: string): Promise<void> {
  await tx('calendar').where({ is_company: true }).whereNot({ code: but }).update({ is_company: false });
}

/** Gives the plant's id; nothing when there is no such plant. */
export const savePlantCalendar = async (
  tx: Tx,
  plantCode: string,
  code: string | null,
): Promise<string | undefined> =>
  (
    await firstOf<{ id: string }>(
      tx,
      'UPDATE plant SET calendar_code = ? WHERE plant.code = ? RETURNING plant.id',
      [code, plantCode],
    )
  )?.id;

const columnsOf = (calendar: NamedCalendar): Record<string, unknown> => ({
  name_en: calendar.nameEn,
  name_zh: calendar.nameZh,
  working_weekdays: [...calendar.workingWeekdays],
  is_company: calendar.isCompany,
  confirmed_until: calendar.confirmedUntil ?? null,
});

async function insertDays(tx: Tx, code: string, days: readonly CalendarDay[]): Promise<void> {
  if (days.length === 0) return;
  await tx('calendar_day').insert(
    days.map(({ day, isWorking, nameEn, nameZh }) => ({
      calendar_code: code,
      day,
      is_working: isWorking,
      name_en: nameEn,
      name_zh: nameZh,
    })),
  );
}
