import type { MessageParams } from '../../kernel/errors.ts';

/** A file that is not read; the code is that of the message people see. */
export class SheetRefused extends Error {
  readonly code: string;
  readonly params: MessageParams;
  constructor(code: string, params: MessageParams = {}) {
    super(code);
    this.code = code;
    this.params = params;
  }
}
