import { z } from 'zod';

export const retryForm = z.strictObject({ queue: z.string().max(40), jobId: z.string().min(1).max(200) });
