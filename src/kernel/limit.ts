/** What somebody may do who came by a link for one document: this and nothing else. */
export type Limit = {
  /** The link it came by; the record names it with each act. */
  readonly linkId: string;
  readonly purpose: string;
  readonly subject: { readonly type: string; readonly id: string };
  /** What people call the document, e.g. `PO-2026-0042`. */
  readonly reference: string;
  readonly permissions: readonly string[];
  /** The acts it may leave in the record; those of `code` bind, and are done with a one-time code only. */
  readonly acts: Readonly<Record<string, 'free' | 'code'>>;
  /** The act that a one-time code was given for with this request. */
  readonly confirmedAct: string | null;
};

/** Is this within what the actor's link is for? Whoever signed in itself has no limit. */
export const isWithinLimit = (
  actor: { readonly limitedTo?: Limit },
  permission: string,
  subject?: Limit['subject'],
): boolean =>
  actor.limitedTo === undefined ||
  (actor.limitedTo.permissions.includes(permission) &&
    (subject === undefined ||
      (actor.limitedTo.subject.type === subject.type && actor.limitedTo.subject.id === subject.id)));
