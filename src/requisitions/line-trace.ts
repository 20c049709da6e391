/** What has become of a requisition line: later domains say it. */
export type LineTrace = {
  readonly requisitionLineId: string;
  readonly eventId: string;
  readonly eventReference: string;
  readonly eventState: string;
  readonly eventLineNo: number;
  readonly quantity: string;
  readonly orders: readonly {
    readonly orderId: string;
    readonly reference: string;
    readonly lineNo: number;
    readonly quantity: string;
  }[];
};
