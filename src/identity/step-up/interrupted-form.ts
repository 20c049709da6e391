/** A form as it was posted, and what it asked for. */
export type InterruptedForm = {
  readonly id: string;
  readonly permission: string;
  /** Where it goes: a path of ours. */
  readonly path: string;
  readonly fields: readonly FormField[];
};
export type FormField = { readonly name: string; readonly value: string };

/** How long a form waits for its sender's proof. */
export const KEPT_MS = 10 * 60_000;
/** More than any form of ours holds; what is larger is not kept, and its sender is told. */
export const MOST_BYTES = 1_000_000;

/** Secrets are typed again, never kept: a password, or what a passkey said about a challenge that is over. */
const SECRETS: readonly string[] = ['password', 'current', 'repeated', 'response', 'code'];

/** The fields of a parsed form under the names that a browser gives them: `lines[0][quantity]`. */
export function fieldsOf(body: unknown): FormField[] {
  const fields: FormField[] = [];
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'string') fields.push({ name, value });
    else if (typeof value === 'object' && value !== null)
      for (const [key, child] of Object.entries(value)) add(name === '' ? key : `${name}[${key}]`, child);
  };
  add('', body);
  return fields;
}

/** May these fields wait? Not when one is a secret. */
export const mayBeKept = (fields: readonly FormField[]): boolean =>
  fields.every((field) => !SECRETS.includes(field.name));
