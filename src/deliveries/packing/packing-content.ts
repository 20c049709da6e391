import type { Day } from '../../kernel/time.ts';
import type { Locale } from '../../platform/i18n/catalogue.ts';
import type { HandlingUnit } from './handling-unit.ts';

/** A line as labels and packing lists name it. */
export type NamedLine = {
  readonly poLineId: string;
  readonly orderId: string;
  readonly orderReference: string;
  readonly lineNo: number;
  readonly itemCode: string | null;
  readonly description: string;
  readonly unit: string;
};

/** All that the papers of one packing say: they are made from this alone, and the same content gives the same bytes. */
export type PackingContent = {
  readonly language: Locale;
  readonly reference: string;
  readonly packingNo: number;
  readonly packedAt: Date;
  readonly despatchedOn: Day;
  readonly expectedOn: Day;
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly orderReferences: readonly string[];
  readonly supplier: { readonly name: string; readonly addressLines: readonly string[] };
  readonly receiver: {
    readonly name: string;
    readonly plantCode: string;
    readonly plantName: string;
    readonly addressLines: readonly string[];
  };
  /** Where a phone that scans a label finds the delivery. */
  readonly address: string;
  readonly lines: readonly NamedLine[];
  readonly units: readonly HandlingUnit[];
};
