/** One mail to one person. `messageId` is the same at each try, so that a repeated send can be recognised. */
export type Mail = {
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly attachments: readonly {
    readonly fileName: string;
    readonly mediaType: string;
    readonly content: Uint8Array;
  }[];
};

export type Mailer = {
  /** Resolves when the mail server (or the built-in mailbox) has taken it. */
  send(mail: Mail): Promise<void>;
};
