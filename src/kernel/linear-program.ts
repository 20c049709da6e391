/**
 * A linear program of which some columns are yes or no. Its numbers are the solver's floats: what it chooses is
 * priced and checked again, exactly, by whoever asked.
 */
export type LinearProgram = {
  readonly sense: 'minimise' | 'maximise';
  /** A column for each number: what one of it costs, or is worth. */
  readonly costs: readonly number[];
  /** Columns from here on are continuous and at least zero; those before are 0 or 1. */
  readonly firstContinuous: number;
  readonly rows: readonly ProgramRow[];
};
export type ProgramRow = {
  readonly entries: readonly (readonly [column: number, factor: number])[];
  /** Null: no bound at this side. */
  readonly lower: number | null;
  readonly upper: number | null;
};
