declare module 'linebreak' {
  /** The opportunities to break a line, in their order (Unicode UAX 14). */
  // biome-ignore lint/style/noDefaultExport: this is how the package exports it
  export default class LineBreaker {
    constructor(text: string);
    nextBreak(): { readonly position: number; readonly required: boolean } | null;
  }
}
