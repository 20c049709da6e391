/** What a business act leaves behind. `changes` holds ids and changed fields: never sealed content, secrets or personal data. */
export type Act = {
  /** `noun.act`, e.g. `bid.submitted`: past tense, kebab-case. */
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string };
  /** The supplier it concerns, so that the supplier's own timeline can show it. */
  readonly supplierId?: string | null;
  readonly from?: string | null;
  readonly to?: string | null;
  readonly reason?: string | null;
  readonly changes?: Readonly<Record<string, unknown>>;
};
