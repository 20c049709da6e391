import type { Readable } from 'node:stream';

/** A file as it lies in storage. `key` is random and says nothing about the content. */
export type StoredFile = { readonly key: string; readonly sizeBytes: number; readonly sha256: string };

/** Where files lie: a disk folder, or an object store. Files are written once and never changed. */
export type Storage = {
  /** Stores the content durably before it resolves. */
  put(content: Readable | Uint8Array): Promise<StoredFile>;
  /** @throws Error when there is no such file: a document row always has its file. */
  open(key: string): Promise<Readable>;
  remove(key: string): Promise<void>;
};
