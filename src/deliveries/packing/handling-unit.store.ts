import type { Tx } from '../../platform/db/context.ts';
import { named } from '../../platform/db/statements.ts';
import type { HandlingUnit } from './handling-unit.ts';

/** The units of a delivery as it is packed now, in their order. */
export const findUnits = (tx: Tx, despatchId: string): Promise<HandlingUnit[]> =>
  named<HandlingUnit>(tx, {
    name: 'handling_unit.of-despatch',
    text: `
      SELECT hu.id, hu.unit_no AS "unitNo", hu.kind, hu.sscc, hu.gross_weight_kg AS "grossWeightKg",
             (SELECT jsonb_agg(jsonb_build_object('poLineId', line.po_line_id, 'quantity', line.quantity::text,
                                                  'lotNumber', line.lot_number, 'serialNumbers', line.serial_numbers)
                               ORDER BY po_line.line_no, line.id)
                FROM handling_unit_line AS line
                JOIN po_line ON po_line.id = line.po_line_id
               WHERE line.handling_unit_id = hu.id) AS contents
        FROM despatch_advice AS da
        JOIN handling_unit AS hu ON hu.despatch_advice_id = da.id AND hu.packing_no = da.packing_no
       WHERE da.id = $1
       ORDER BY hu.unit_no`,
    values: [despatchId],
  });

/** The first of these codes that another unit has already. */
export async function findTakenSscc(tx: Tx, codes: readonly string[]): Promise<string | undefined> {
  const rows = await named<{ sscc: string }>(tx, {
    name: 'handling_unit.taken',
    text: 'SELECT hu.sscc FROM handling_unit AS hu WHERE hu.sscc = ANY ($1) ORDER BY hu.sscc LIMIT 1',
    values: [codes],
  });
  return rows[0]?.sscc;
}

/** Takes so many serial references of a company prefix and gives the first; the counter is held until the end. */
export async function takeSerials(tx: Tx, of: { companyPrefix: string; count: number }): Promise<bigint> {
  const [row] = await named<{ last: string }>(tx, {
    name: 'sscc_counter.take',
    text: `
      INSERT INTO sscc_counter AS counter (company_prefix, value)
      VALUES ($1, $2)
      ON CONFLICT (company_prefix) DO UPDATE SET value = counter.value + excluded.value
      RETURNING counter.value::text AS last`,
    values: [of.companyPrefix, of.count],
  });
  return BigInt(row?.last ?? '0') - BigInt(of.count) + 1n;
}

export type NewPacking = {
  readonly despatchId: string;
  readonly packingNo: number;
  readonly packedAt: Date;
  readonly units: readonly (HandlingUnit & {
    readonly contents: readonly (HandlingUnit['contents'][number] & { readonly id: string })[];
  })[];
};

/** Writes the units, then what is in them, and makes them the delivery's present packing. */
export async function insertPacking(tx: Tx, packing: NewPacking): Promise<void> {
  await tx('despatch_advice')
    .where({ id: packing.despatchId })
    .update({ packing_no: packing.packingNo, packed_at: packing.packedAt });
  await named(tx, {
    name: 'handling_unit.insert',
    text: `
      INSERT INTO handling_unit (id, despatch_advice_id, packing_no, unit_no, kind, sscc, gross_weight_kg)
      SELECT unit.id, $1, $2, unit."unitNo", unit.kind, unit.sscc, unit."grossWeightKg"
        FROM jsonb_to_recordset($3::jsonb)
          AS unit (id uuid, "unitNo" integer, kind text, sscc text, "grossWeightKg" numeric)`,
    values: [packing.despatchId, packing.packingNo, JSON.stringify(packing.units)],
  });
  const contents = packing.units.flatMap((unit) => unit.contents.map((row) => ({ ...row, unitId: unit.id })));
  await named(tx, {
    name: 'handling_unit_line.insert',
    text: `
      INSERT INTO handling_unit_line (id, handling_unit_id, po_line_id, quantity, lot_number, serial_numbers)
      SELECT row.id, row."unitId", row."poLineId", row.quantity, row."lotNumber", row."serialNumbers"
        FROM jsonb_to_recordset($1::jsonb)
          AS row (id uuid, "unitId" uuid, "poLineId" uuid, quantity numeric, "lotNumber" text,
                  "serialNumbers" text[])`,
    values: [JSON.stringify(contents)],
  });
}
