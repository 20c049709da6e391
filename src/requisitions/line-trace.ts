/** What has become of a requisition line: later domains say it. */
export type LineTrace = {
  readonly requisitionLineId: string;
  /** Null where it was ordered without an event. */
  readonly event: {
    readonly id: string;
    readonly reference: string;
    readonly state: string;
    readonly lineNo: number;
  } | null;
  readonly quantity: string;
  readonly orders: readonly {
    readonly orderId: string;
    readonly reference: string;
    readonly lineNo: number;
    readonly quantity: string;
  }[];
};
