import type { Knex } from 'knex';

/**
 * What a unit more of goods costs us delivered: 1 and the percents that are taken on goods, duty on top of freight and
 * insurance among them, and what paying sooner or later is worth. A part at another price is landed by it. Worked out
 * from the steps of what is landed already.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE landed_line ADD COLUMN goods_factor numeric(20, 12) NOT NULL DEFAULT 1;

    UPDATE landed_line
       SET goods_factor = 1 + part.added
      FROM (SELECT landed.bid_line_id,
                   sum(CASE step.value ->> 'kind'
                         WHEN 'discount' THEN -(step.value ->> 'percent')::numeric / 100
                         WHEN 'payment' THEN (step.value ->> 'percent')::numeric * (step.value ->> 'days')::integer / 36500
                         WHEN 'duty' THEN (step.value ->> 'percent')::numeric / 100
                           * (1 + (SELECT coalesce(sum((before.value ->> 'percent')::numeric), 0) / 100
                                     FROM jsonb_array_elements(landed.steps) AS before
                                    WHERE before.value ->> 'kind' IN ('freight', 'insurance')))
                         ELSE (step.value ->> 'percent')::numeric / 100
                       END) AS added
              FROM landed_line AS landed
             CROSS JOIN LATERAL jsonb_array_elements(landed.steps) AS step
             WHERE step.value ->> 'percent' IS NOT NULL
             GROUP BY landed.bid_line_id) AS part
     WHERE part.bid_line_id = landed_line.bid_line_id;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE landed_line DROP COLUMN goods_factor');
