import { offeredUnits } from '../kernel/quantity.ts';
import { readUnit } from '../kernel/unit-names.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';

/** The units that are offered to whoever prices a line in another: by their name where it is read as that unit, else by code. */
export const unitChoices = (t: Translate): string[] =>
  offeredUnits.map((code) => {
    const name = t(`unit.${code}`);
    return readUnit(name)?.unit === code ? name : code;
  });
