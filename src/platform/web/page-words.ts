import type { Request, Response } from 'express';
import type { Actor } from '../../kernel/actor.ts';
import type { AppError, FieldError, MessageParams } from '../../kernel/errors.ts';
import type { Catalogue, Locale, Translate } from '../i18n/catalogue.ts';
import { type Format, formatFor } from '../i18n/format.ts';
import { mainNavigation, type NavigationItem } from './main-navigation.ts';
import { takeNotices } from './notices.ts';
import type { NavigationEntry, RenderSettings } from './render-settings.ts';

/** A line of the error summary. `label` names the field, where it has a name. */
type ErrorShown = {
  readonly code: string;
  readonly message: string;
  readonly path: string | null;
  readonly label: string | null;
};

/** What every view may say besides its page's own model. */
export type PageWords = {
  readonly t: Translate;
  /** The text of a key, or the fallback where the catalogue has none. */
  readonly tOr: (key: string, fallback: string) => string;
  readonly fmt: Format;
  /** An instant in the reader's own zone. */
  readonly at: (instant: Date | string | null) => string;
  readonly locale: Locale;
  readonly otherLocale: Locale;
  readonly theme: string;
  readonly timeZone: string;
  readonly actor: Actor;
  readonly may: (permission: string) => boolean;
  readonly csrfToken: string;
  readonly path: string;
  /** The path with its query, as it was asked for. */
  readonly address: string;
  readonly navigation: readonly NavigationItem[];
  readonly notices: readonly string[];
  readonly unreadCount: number;
  readonly assetVersion: string;
  /** The side whose words this reader gets: states have two labels. */
  readonly side: 'buyer' | 'supplier';
  readonly stateLabel: (noun: string, state: string) => string;
  readonly stateColour: (state: string, noun: string) => string;
  /** Errors of the last submission, for the summary: in the reader's language. */
  readonly errors: readonly ErrorShown[];
  /** The message at one field, or null. */
  readonly errorAt: (path: string) => string | null;
  /** What was typed into `lines.0.quantity`, or the value the page had. */
  readonly typedOr: (path: string, value: string | null) => string;
  readonly wasTyped: boolean;
};

export function makePageWords(settings: RenderSettings, req: Request, res: Response): PageWords {
  const t = settings.catalogue.translator(req.locale);
  const tOr = (key: string, fallback: string): string =>
    settings.catalogue.has(req.locale, key) ? t(key) : fallback;
  const fmt = formatFor(req.locale);
  const side = req.actor.kind === 'supplier' ? 'supplier' : 'buyer';
  const fieldErrors = res.locals['fieldErrors'] ?? [];
  const typed = res.locals['typed'] as Readonly<Record<string, unknown>> | undefined;
  const errors = errorsShown(res, settings.catalogue, req.locale);
  return {
    t,
    tOr,
    fmt,
    at: (instant) => fmt.instant(instant, req.timeZone),
    locale: req.locale,
    otherLocale: req.locale === 'en' ? 'zh-CN' : 'en',
    theme: String(res.locals['theme'] ?? 'auto'),
    timeZone: req.timeZone,
    actor: req.actor,
    may: (permission) => settings.decide(req.actor, permission),
    csrfToken: req.csrfToken?.() ?? '',
    path: req.path,
    address: req.originalUrl,
    navigation: mainNavigation(permittedEntries(settings, req.actor), req.path),
    notices: takeNotices(req, res)
      .filter((key) => settings.catalogue.isPlain(req.locale, key))
      .map((key) => t(key)),
    unreadCount: Number(res.locals['unreadCount'] ?? 0),
    assetVersion: settings.assetVersion,
    side,
    stateLabel: (noun, state) => t(`state.${noun}.${side}.${state}`),
    stateColour,
    errors,
    errorAt: (path) => messageAt(fieldErrors, path, settings.catalogue, req.locale),
    typedOr: (path, value) => typedAt(typed, path) ?? value ?? '',
    wasTyped: typed !== undefined,
  };
}

// What a role may use is the same for everybody who has it and for as long as the process runs.
const permittedByRoles = new WeakMap<RenderSettings, Map<string, readonly NavigationEntry[]>>();

/** The entries that this actor may use; none for whoever came by a link to one document. */
function permittedEntries(settings: RenderSettings, actor: Actor): readonly NavigationEntry[] {
  if (actor.limitedTo !== undefined) return [];
  const find = () => settings.navigation.filter((entry) => settings.decide(actor, entry.permission));
  // Whoever acts for others has their roles too.
  if (actor.actsFor !== undefined || actor.onBehalfOf !== undefined) return find();
  const known = permittedByRoles.get(settings) ?? new Map<string, readonly NavigationEntry[]>();
  permittedByRoles.set(settings, known);
  const key = [actor.kind, ...actor.roles].join(' ');
  const entries = known.get(key) ?? find();
  known.set(key, entries);
  return entries;
}

/** The message of an error code in a language, or the one the code gave. */
export function messageOf(
  catalogue: Catalogue,
  locale: Locale,
  error: { code: string; message: string; params?: MessageParams },
): string {
  const key = `errors.${error.code}`;
  if (catalogue.has(locale, key)) return catalogue.translator(locale)(key, error.params ?? {});
  return error.message;
}

function errorsShown(res: Response, catalogue: Catalogue, locale: Locale): readonly ErrorShown[] {
  const refusal = res.locals['refusal'] as AppError | undefined;
  if (refusal === undefined) return [];
  if (refusal.fields.length === 0)
    return [{ code: refusal.code, message: messageOf(catalogue, locale, refusal), path: null, label: null }];
  return refusal.fields.map((field) => ({
    code: field.code,
    message: messageOf(catalogue, locale, field),
    path: field.path === '' ? null : field.path,
    label: labelOf(field, catalogue, locale),
  }));
}

/**
 * What a field is called, by its path without numbers: `lines.2.quantity` is `field.lines.quantity` in line 3,
 * or in the line that the error itself names. Null for a field that no catalogue names.
 */
function labelOf(field: FieldError, catalogue: Catalogue, locale: Locale): string | null {
  const parts = field.path.split('.');
  const place = parts.find((part) => /^\d+$/.test(part));
  const key = ['field', ...parts.filter((part) => !NUMBER_OR_ID.test(part))].join('.');
  if (!catalogue.has(locale, key)) return null;
  const t = catalogue.translator(locale);
  const line = field.params?.['line'] ?? (place === undefined ? null : Number(place) + 1);
  return line === null || parts[0] !== 'lines' ? t(key) : t('form.field-in-line', { line, field: t(key) });
}

const NUMBER_OR_ID = /^(\d+|[\da-f]{8}-[\da-f-]{27})$/;

function messageAt(
  fields: readonly FieldError[],
  path: string,
  catalogue: Catalogue,
  locale: Locale,
): string | null {
  const field = fields.find((one) => one.path === path);
  return field === undefined ? null : messageOf(catalogue, locale, field);
}

/** Forms name their inputs `lines[0][quantity]`; errors and views say `lines.0.quantity`. */
function typedAt(typed: Readonly<Record<string, unknown>> | undefined, path: string): string | null {
  let node: unknown = typed;
  for (const part of path.split('.')) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, part)) return null;
    node = (node as Record<string, unknown>)[part];
  }
  return typeof node === 'string' ? node : null;
}

const COLOURS: Readonly<Record<string, readonly string[]>> = {
  green: [
    'qualification.qualified',
    'qualification.in_renewal',
    'open',
    'accepted',
    'submitted',
    'approved',
    'awarded',
    'active',
    'in_force',
    'final',
    'acknowledged',
    'received',
    'purchase_order.closed',
    'posted',
    'matched',
    'paid',
    'registered',
    'done',
    'sent',
    'valid',
    'clean',
    'part_awarded',
    'taken',
    'notified',
    'granted',
    'resolved',
    'decided',
    'payment_run.completed',
    'credited',
    'confirmed',
    'settled',
    'ordered',
    'dock_appointment.confirmed',
  ],
  azure: [
    'opened',
    'evaluation',
    'viewed',
    'responding',
    'in_transit',
    'arrived',
    'dock_appointment.moved',
    'part_received',
    'part_shipped',
    'shipped',
    'part_invoiced',
    'invoiced',
    'scheduled',
    'running',
    'in_process',
    'payment_run.released',
    'payment.ordered',
    'sourcing',
    'part_ordered',
  ],
  orange: [
    'pending_approval',
    'pending_signature',
    'award_approval',
    'award_proposed',
    'closed',
    'sealed',
    'opening',
    'no_response',
    'proposed',
    'matching',
    'queued',
    'checking',
    'paused',
    'role_grant_request.pending',
    'payment_run.draft',
    'credit_note.submitted',
    'debit_note.sent',
    'statement.sent',
    'self_billed_invoice.sent',
    'ending',
    'revised',
    'contested',
    'amending',
    'dispute.open',
    'dispute.acknowledged',
    'awaiting_supplier',
    'awaiting_buyer',
    'proposed_resolution',
    'requisition.submitted',
    'requisition.returned',
    'approval.pending',
    'escalated',
  ],
  red: [
    'exception',
    'rejected',
    'cancelled',
    'disqualified',
    'failed',
    'quarantined',
    'disputed',
    'invalid',
    'voided',
    'unsuccessful',
    'refused',
  ],
};
const COLOUR_OF = new Map(
  Object.entries(COLOURS).flatMap(([colour, states]) => states.map((state) => [state, colour])),
);

/** Colour repeats what the word says; it never says it alone. */
const stateColour = (state: string, noun: string): string =>
  COLOUR_OF.get(`${noun}.${state}`) ?? COLOUR_OF.get(state) ?? 'secondary';
