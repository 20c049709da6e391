import type { Ctx } from '../src/platform/db/context.ts';

type Statement = { readonly name?: string };
type Connection = { query(statement: Statement): Promise<unknown> };

/** The same context, but the statement that records an act is not sent: what a write costs without its record. */
export function unrecorded(ctx: Ctx): Ctx {
  const client = Object.create(ctx.tx.client as object) as { acquireConnection(): Promise<Connection> };
  client.acquireConnection = async () => {
    const connection = (await ctx.tx.client.acquireConnection()) as Connection;
    return {
      ...connection,
      query: async (statement: Statement) =>
        statement.name?.startsWith('event.insert') === true ? { rows: [] } : connection.query(statement),
    };
  };
  const tx = Object.assign((table: string) => ctx.tx(table), { client, raw: ctx.tx.raw });
  return { ...ctx, tx };
}
