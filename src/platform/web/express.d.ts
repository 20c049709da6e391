import 'express-session';
import type { Actor } from '../../kernel/actor.ts';
import type { FieldError } from '../../kernel/errors.ts';
import type { Locale } from '../i18n/catalogue.ts';
import type { UploadedFile } from './uploads.ts';

declare global {
  namespace Express {
    interface Request {
      actor: Actor;
      requestId: string;
      locale: Locale;
      /** The reader's IANA zone. */
      timeZone: string;
      /** Did whoever acts prove within the last minutes who it is? */
      hasFreshProof: boolean;
      /** What a form of this browser must carry; asked for when a form is shown. */
      csrfToken?: () => string;
      /** Files of a multipart form, already on disk; emptied after the request. */
      uploads: readonly UploadedFile[];
    }
    interface Locals {
      errors: readonly { code: string; message: string; path?: string }[];
      fieldErrors: readonly FieldError[];
      /** The form as it was typed, shown again after a refusal. */
      typed: Readonly<Record<string, unknown>>;
      /** Catalogue keys that the next page says. */
      nextNotices: readonly string[];
    }
  }
}

declare module 'express-session' {
  interface SessionData {
    userId: string;
    csrfToken: string;
    signedInAt: string;
    /** Where to go after signing in: a path of ours. */
    returnTo: string;
  }
}
