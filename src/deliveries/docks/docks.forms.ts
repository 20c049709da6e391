import { z } from 'zod';
import { isDay } from '../../kernel/time.ts';
import { text } from '../deliveries.forms.ts';

const version = z.coerce.number().int().min(0);
const startsAt = z.iso.datetime('dock_appointment.choose-a-slot').transform((typed) => new Date(typed));

export const proposalForm = z.strictObject({ version, startsAt, note: text(1000).default('') });
export const moveForm = z.strictObject({ version, startsAt, note: text(1000).min(1, 'form.required') });
export const confirmationForm = z.strictObject({ version });
export const departureForm = z.strictObject({
  carrier: text(200).min(1, 'form.required'),
  trackingNumber: text(200).default(''),
});

const day = z.string().refine(isDay).nullable().default(null).catch(null);
export const dockQuery = z.object({ day });
export const arrivalsQuery = z.object({
  day,
  plant: z.string().min(1).max(20).nullable().default(null).catch(null),
});
