import { z } from 'zod';
import { isDay } from '../kernel/time.ts';
import { orderStates } from '../orders/index.ts';
import { exportFormats, type OrderReportFilter } from './report-export.ts';

const nothing = (value: unknown): unknown => (value === '' || value === undefined ? null : value);
const day = z.preprocess(
  nothing,
  z
    .string()
    .refine((value) => isDay(value), 'form.invalid-date')
    .nullable(),
);

const filterFields = {
  from: day,
  to: day,
  supplierId: z.preprocess(nothing, z.uuid('form.invalid-choice').nullable()),
  state: z.preprocess(nothing, z.enum(orderStates, 'form.invalid-choice').nullable()),
};
const inOrder = (filter: OrderReportFilter): boolean =>
  filter.from === null || filter.to === null || filter.from <= filter.to;
const outOfOrder = { path: ['to'], message: 'report_export.dates-out-of-order' };

/** The report's filters, from its address. */
export const orderReportQuery = z.object(filterFields).refine(inOrder, outOfOrder);

/** What to export, as which kind of file. */
export const exportForm = z
  .strictObject({ ...filterFields, format: z.enum(exportFormats, 'form.invalid-choice') })
  .refine(inOrder, outOfOrder);

/** The filters as an address carries them. */
export const asQuery = (filter: OrderReportFilter): Record<string, string> =>
  Object.fromEntries(
    Object.entries(filter).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
