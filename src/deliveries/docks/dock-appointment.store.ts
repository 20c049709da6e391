import type { Tx } from '../../platform/db/context.ts';
import { named } from '../../platform/db/statements.ts';
import type { DockAppointment } from './dock-appointment.ts';

const APPOINTMENT = `
  SELECT dock.id, dock.despatch_advice_id AS "despatchId", dock.state, dock.starts_at AS "startsAt",
         dock.ends_at AS "endsAt", dock.note, dock.version
    FROM dock_appointment AS dock
   WHERE dock.despatch_advice_id = $1`;

/** The appointment of a delivery. Its delivery is locked before it is changed, always. */
export async function findAppointment(tx: Tx, despatchId: string): Promise<DockAppointment | undefined> {
  const rows = await named<DockAppointment>(tx, {
    name: 'dock_appointment.of-despatch',
    text: APPOINTMENT,
    values: [despatchId],
  });
  return rows[0];
}

/** Writes the appointment, or what it is now. */
export async function saveAppointment(
  tx: Tx,
  appointment: DockAppointment & { supplierId: string; plantCode: string; setBy: string; setAt: Date },
): Promise<void> {
  const { state, startsAt, endsAt, note, version, setBy, setAt } = appointment;
  const now = {
    state,
    starts_at: startsAt,
    ends_at: endsAt,
    note,
    version,
    set_by: setBy,
    set_at: setAt,
  };
  if (version > 1) {
    await tx('dock_appointment').where({ id: appointment.id }).update(now);
    return;
  }
  await tx('dock_appointment').insert({
    ...now,
    id: appointment.id,
    despatch_advice_id: appointment.despatchId,
    supplier_id: appointment.supplierId,
    plant_code: appointment.plantCode,
  });
}

type Place = { readonly plantCode: string; readonly startsAt: Date };

/** Takes one place of a slot; false when all are taken. The slot is held until the transaction ends. */
export async function takePlace(tx: Tx, of: Place & { capacity: number }): Promise<boolean> {
  const rows = await named(tx, {
    name: 'dock_slot.take',
    text: `
      INSERT INTO dock_slot AS slot (plant_code, starts_at, taken)
      VALUES ($1, $2, 1)
      ON CONFLICT (plant_code, starts_at) DO UPDATE SET taken = slot.taken + 1 WHERE slot.taken < $3
      RETURNING slot.taken`,
    values: [of.plantCode, of.startsAt, of.capacity],
  });
  return rows.length === 1;
}

/** Gives a place of a slot back. */
export async function freePlace(tx: Tx, of: Place): Promise<void> {
  await tx('dock_slot')
    .where({ plant_code: of.plantCode, starts_at: of.startsAt })
    .update({ taken: tx.raw('taken - 1') });
}

/** How many places are taken in the slots from one instant to another, by the slot's beginning in milliseconds. */
export async function findTaken(
  tx: Tx,
  of: { plantCode: string; from: Date; until: Date },
): Promise<ReadonlyMap<number, number>> {
  const rows = await named<{ startsAt: Date; taken: number }>(tx, {
    name: 'dock_slot.taken',
    text: `
      SELECT slot.starts_at AS "startsAt", slot.taken
        FROM dock_slot AS slot
       WHERE slot.plant_code = $1 AND slot.starts_at >= $2 AND slot.starts_at < $3`,
    values: [of.plantCode, of.from, of.until],
  });
  return new Map(rows.map((row) => [row.startsAt.getTime(), row.taken]));
}
