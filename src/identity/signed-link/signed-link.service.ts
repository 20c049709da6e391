import { randomBytes } from 'node:crypto';
import { record, recordAll } from '../../audit/index.ts';
import { found, notFound, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import { sha256Hex } from '../../platform/crypto/key-ring.ts';
import type { Ctx } from '../../platform/db/context.ts';
import * as users from '../user.store.ts';
import { actorOf, type User } from '../user.ts';
import { type PurposeName, pageOf, purposes } from './purpose.ts';
import * as store from './signed-link.store.ts';
import { isUsable, linkEndsAt, type RevokedWhy, type SignedLink } from './signed-link.ts';

/** What a signed link is wanted for. */
export type LinkWanted = {
  readonly purpose: PurposeName;
  readonly subjectId: string;
  /** What people call the document. */
  readonly reference: string;
  /** When the document's own time is over, e.g. the closing; null when it has none. */
  readonly endsAt: Date | null;
};

/**
 * Makes a link by which this contact of a supplier acts on one document without signing in. Gives the token: it
 * goes into the mail and nowhere else. Null for whoever gets none: staff, and once the document's time is over.
 */
export async function issueSignedLink(
  ctx: Ctx,
  to: LinkWanted & { user: User },
): Promise<{ token: string; expiresAt: Date } | null> {
  const { user, purpose, subjectId, reference } = to;
  const expiresAt = linkEndsAt(purposes[purpose], { now: ctx.now, endsAt: to.endsAt });
  if (user.supplierId === null || !user.isActive || expiresAt <= ctx.now) return null;
  const token = randomBytes(32).toString('base64url');
  const id = newId();
  await store.insertLink(ctx.tx, {
    id,
    tokenHash: sha256Hex(token),
    purpose,
    subjectType: purposes[purpose].subjectType,
    subjectId,
    reference,
    userId: user.id,
    supplierId: user.supplierId,
    sentTo: user.email.toLowerCase(),
    expiresAt,
    createdAt: ctx.now,
  });
  await record(ctx, {
    action: 'signed_link.issued',
    subject: { type: 'signed_link', id },
    supplierId: user.supplierId,
    changes: { purpose, subjectId, userId: user.id, reference },
  });
  return { token, expiresAt };
}

/** A link as its landing page shows it. */
export type LinkShown = {
  readonly link: SignedLink;
  readonly page: string;
  readonly holder: { readonly name: string; readonly email: string };
};

/** What a link would open; null when it does not work. Looking uses nothing up. */
export async function findSignedLink(ctx: Ctx, token: string): Promise<LinkShown | null> {
  const link = await store.findByHash(ctx.tx, sha256Hex(token));
  if (link === undefined || !isUsable(link, ctx.now)) return null;
  const holder = await store.findHolder(ctx.tx, link.id);
  if (holder === undefined) return null;
  return { link, page: pageOfSignedLink(link), holder };
}

/**
 * Opens a link's document in a browser. The first time is told on the document itself, as proof that it arrived.
 * @throws AppError `signed-link.does-not-work`
 */
export async function openSignedLink(ctx: Ctx, token: string): Promise<{ link: SignedLink; page: string }> {
  const known = await findSignedLink(ctx, token);
  const link = known === null ? undefined : await store.lockById(ctx.tx, known.link.id);
  const user = link === undefined ? undefined : await users.findById(ctx.tx, link.userId);
  if (known === null || link === undefined || user === undefined || !isUsable(link, ctx.now))
    throw ruleBroken('signed-link.does-not-work', 'This link does not work any more');
  await store.saveUsed(ctx.tx, { id: link.id, at: ctx.now });
  const { subjectType } = purposes[link.purpose];
  await record(
    { ...ctx, actor: actorOf(user) },
    {
      action: 'signed_link.opened',
      subject:
        link.firstUsedAt === null
          ? { type: subjectType, id: link.subjectId }
          : { type: 'signed_link', id: link.id },
      supplierId: link.supplierId,
      changes: { signedLinkId: link.id },
    },
  );
  return { link, page: known.page };
}

/** Whose page a token leads to, also when the link is over: whoever is signed in as that contact needs no link. */
export async function findPageOfToken(
  ctx: Ctx,
  token: string,
): Promise<{ linkId: string; userId: string; page: string } | null> {
  const link = await store.findByHash(ctx.tx, sha256Hex(token));
  if (link === undefined) return null;
  return { linkId: link.id, userId: link.userId, page: pageOfSignedLink(link) };
}

/** Asks for a new link in place of one that is over. The same for a token that never was: nobody learns which. */
export async function askForNewLink(ctx: Ctx, token: string): Promise<void> {
  const link = await store.findByHash(ctx.tx, sha256Hex(token));
  if (link === undefined || link.revokedWhy === 'document-over' || link.revokedWhy === 'deactivated') return;
  if (!(await store.saveAskedAgain(ctx.tx, { id: link.id, at: ctx.now }))) return;
  await record(ctx, {
    action: 'signed_link.renewal-requested',
    subject: { type: 'signed_link', id: link.id },
    supplierId: link.supplierId,
  });
}

/**
 * Asks for a mail that signs the link's contact in once and leads back to the document, for what a link may not do.
 * It goes to the contact's own mailbox, whoever asks, and at most every ten minutes.
 */
export async function askToSignInOnce(ctx: Ctx, linkId: string): Promise<void> {
  const link = found('signed_link', await store.findById(ctx.tx, linkId));
  if (!isUsable(link, ctx.now) || !(await store.saveAskedAgain(ctx.tx, { id: link.id, at: ctx.now }))) return;
  await record(ctx, {
    action: 'signed_link.sign-in-requested',
    subject: { type: 'signed_link', id: link.id },
    supplierId: link.supplierId,
  });
}

/** @throws AppError `signed_link.not-found` */
export const getSignedLink = async (ctx: Ctx, id: string): Promise<SignedLink> =>
  found('signed_link', await store.findById(ctx.tx, id));

/** The page that the link opens. */
export const pageOfSignedLink = (link: Pick<SignedLink, 'purpose' | 'subjectId'>): string =>
  pageOf(purposes[link.purpose], link.subjectId);

/** The links of the one who acts that work. */
export const findMyLinks = async (ctx: Ctx): Promise<(store.LinkRow & { page: string })[]> =>
  (await store.findLiveOf(ctx.tx, { userId: ctx.actor.userId ?? '', now: ctx.now })).map((link) => ({
    ...link,
    page: pageOfSignedLink(link),
  }));

/** Stops one of one's own links. @throws AppError `signed_link.not-found`, also for somebody else's */
export async function revokeMyLink(ctx: Ctx, id: string): Promise<void> {
  const userId = found('signed_link', ctx.actor.userId);
  if ((await revokeSignedLinks(ctx, { id, userId }, 'by-contact')) === 0) throw notFound('signed_link');
}

/** Stops links: whoever is in by one is out with the next request. Gives how many worked until now. */
export async function revokeSignedLinks(
  ctx: Ctx,
  links: store.LinksToStop,
  why: RevokedWhy,
): Promise<number> {
  const revoked = await store.saveRevoked(ctx.tx, { links, why, at: ctx.now });
  await recordAll(
    ctx,
    revoked.map(({ id, supplierId }) => ({
      action: 'signed_link.revoked',
      subject: { type: 'signed_link', id },
      supplierId,
      changes: { why },
    })),
  );
  return revoked.length;
}
