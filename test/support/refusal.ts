import { AppError } from '../../src/kernel/errors.ts';

/** The refusal that an act ends in; fails when it does not, or when it is a bug and no refusal. */
export async function refusal(act: Promise<unknown>): Promise<AppError> {
  try {
    await act;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('The act was not refused');
}
