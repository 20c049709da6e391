import { type ReadUnit, readUnit } from '../kernel/unit-names.ts';
import type { CellReader } from '../platform/sheet/cell-readers.ts';

/** A spreadsheet's cell that holds a unit, in whatever word people have for it. */
export const unitCell: CellReader<ReadUnit> = (cell) => {
  const read = readUnit(cell.text);
  return read === null
    ? { code: 'sheet.unknown-unit', params: { value: cell.text.slice(0, 60), example: 'C62, KGM, MTR' } }
    : { value: read };
};
