import type { Day } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import type { Forecast } from './forecast.ts';

/** A delivery that is ordered: on which line, for which day, and how much of it has come. */
export type OrderedDelivery = {
  readonly itemCode: string;
  readonly unit: string;
  readonly orderId: string;
  readonly reference: string;
  readonly lineNo: number;
  readonly dueOn: Day | null;
  /** What was closed short is ordered no more. */
  readonly quantity: string;
  readonly receivedQuantity: string;
  readonly openQuantity: string;
};
export type ReceivedLine = {
  readonly itemCode: string;
  readonly unit: string;
  readonly receiptId: string;
  readonly reference: string;
  readonly receivedOn: Day;
  readonly quantity: string;
};

type Of = Pick<Forecast, 'supplierId' | 'plantCode'> & { readonly itemCodes: readonly string[] };
const bindings = ({ supplierId, plantCode, itemCodes }: Of) => ({
  supplierId,
  plantCode,
  itemCodes: [...itemCodes],
});

/**
 * What is ordered of these items of the supplier for the plant: all that is open, and what was due from a day on. Whoever
 * asks has found the forecast; a supplier sees its own orders only.
 */
export const findOrdered = (ctx: Ctx, of: Of & { since: Day }): Promise<OrderedDelivery[]> =>
  rowsOf<OrderedDelivery>(
    ctx.tx,
    `SELECT line.item_code AS "itemCode", line.unit, po.id AS "orderId", po.reference, line.line_no AS "lineNo",
            delivery.due_on AS "dueOn", trim_scale(wanted.quantity)::text AS quantity,
            trim_scale(delivery.received_quantity)::text AS "receivedQuantity",
            trim_scale(greatest(wanted.quantity - delivery.received_quantity, 0))::text AS "openQuantity"
       FROM purchase_order AS po
       JOIN po_line AS line ON line.order_id = po.id
       JOIN po_schedule AS delivery ON delivery.po_line_id = line.id
      CROSS JOIN LATERAL (
            SELECT CASE WHEN delivery.fulfilment = 'short_closed' THEN delivery.received_quantity
                        ELSE delivery.quantity END AS quantity) AS wanted
      WHERE po.supplier_id = :supplierId AND po.plant_code = :plantCode
        AND po.sent_at IS NOT NULL AND po.state <> 'cancelled'
        AND line.item_code = ANY (CAST(:itemCodes AS text[]))
        AND (delivery.due_on >= :since OR delivery.received_quantity < wanted.quantity)
      ORDER BY delivery.due_on NULLS FIRST, po.reference, line.line_no
      LIMIT 20000`,
    { ...bindings(of), since: of.since },
  );

/** What came of these items from a day on, receipt by receipt. */
export const findReceivedSince = (ctx: Ctx, of: Of & { since: Day }): Promise<ReceivedLine[]> =>
  rowsOf<ReceivedLine>(
    ctx.tx,
    `SELECT line.item_code AS "itemCode", line.unit, receipt.id AS "receiptId", receipt.reference,
            receipt.received_on AS "receivedOn", trim_scale(sum(came.quantity))::text AS quantity
       FROM goods_receipt AS receipt
       JOIN goods_receipt_line AS came ON came.goods_receipt_id = receipt.id
       JOIN po_line AS line ON line.id = came.po_line_id
      WHERE receipt.supplier_id = :supplierId AND receipt.plant_code = :plantCode AND receipt.state = 'posted'
        AND line.item_code = ANY (CAST(:itemCodes AS text[]))
        AND receipt.received_on >= :since AND came.quantity > 0
      GROUP BY line.item_code, line.unit, receipt.id
      ORDER BY receipt.received_on DESC, receipt.reference DESC
      LIMIT 20000`,
    { ...bindings(of), since: of.since },
  );

/** What was published or submitted of an item for each week, at its time, the earliest first. */
export type Said = {
  readonly kind: 'forecast' | 'commit';
  readonly at: Date;
  readonly version: number;
  readonly itemCode: string;
  readonly unit: string;
  readonly fromWeek: Day;
  readonly quantities: readonly string[];
};

/** All that both sides have said, of versions that reach into the weeks from a day on. */
export const findAllSaid = (ctx: Ctx, of: { forecastId: string; since: Day }): Promise<Said[]> =>
  rowsOf<Said>(
    ctx.tx,
    `SELECT said.kind, said.at, said.version, said."itemCode", said.unit, said."fromWeek", said.quantities
       FROM (SELECT 'forecast' AS kind, version.published_at AS at, version.version, line.item_code AS "itemCode",
                    line.unit, version.from_week AS "fromWeek", version.weeks, line.quantities::text[] AS quantities
               FROM forecast_version AS version
               JOIN forecast_line AS line ON line.forecast_version_id = version.id
              WHERE version.forecast_id = :forecastId AND version.published_at IS NOT NULL
             UNION ALL
             SELECT 'commit', one.submitted_at, version.version, line.item_code, line.unit, version.from_week,
                    version.weeks, answer.quantities::text[]
               FROM forecast_commit AS one
               JOIN forecast_version AS version ON version.id = one.forecast_version_id
               JOIN forecast_commit_line AS answer ON answer.forecast_commit_id = one.id
               JOIN forecast_line AS line ON line.id = answer.forecast_line_id
              WHERE one.forecast_id = :forecastId AND one.submitted_at IS NOT NULL) AS said
      WHERE said."fromWeek" + 7 * said.weeks > CAST(:since AS date)
      ORDER BY said.at
      LIMIT 50000`,
    of,
  );
