/** Something that waits for a person: a line of the home page. */
export type WaitingItem = {
  /** The catalogue key of its words, `waiting.<domain>.<what>`, with `{count}`. */
  readonly key: string;
  readonly count: number;
  /** The list that shows all of them. */
  readonly href: string;
  readonly urgent: boolean;
  /** The first five. */
  readonly items: readonly {
    readonly label: string;
    readonly href: string;
    readonly dueAt: Date | null;
  }[];
};
