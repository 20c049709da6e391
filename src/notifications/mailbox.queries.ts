import { isId } from '../kernel/id.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { Ctx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';

export type MailboxRow = {
  readonly id: string;
  readonly at: Date;
  readonly toName: string;
  readonly toAddress: string;
  readonly subject: string;
};

/** Kept mail, newest first; `recipient` is an address or a part of one. */
export async function findMail(
  ctx: Ctx,
  of: { recipient: string; page: PageRequest },
): Promise<Page<MailboxRow>> {
  const after = isId(of.page.after) ? of.page.after : null;
  const rows = await rowsOf<MailboxRow>(
    ctx.tx,
    `SELECT mail.id, mail.at, mail.to_name AS "toName", mail.to_address AS "toAddress", mail.subject
       FROM mailbox_message AS mail
      WHERE (? = '' OR strpos(lower(mail.to_address), lower(?)) > 0)
        AND (?::uuid IS NULL OR mail.id < ?::uuid)
      ORDER BY mail.id DESC
      LIMIT ?`,
    [of.recipient, of.recipient, after, after, of.page.limit + 1],
  );
  return toPage(rows, of.page.limit, (row) => row.id);
}

export const findRawMail = (ctx: Ctx, id: string): Promise<{ at: Date; raw: Buffer } | undefined> =>
  firstOf<{ at: Date; raw: Buffer }>(
    ctx.tx,
    `SELECT mail.at, mail.raw FROM mailbox_message AS mail WHERE mail.id = ?`,
    [id],
  );
