import type { Catalogue } from '../i18n/catalogue.ts';
import type { Decide } from './permission.ts';

/** What the renderer needs to know of the house. */
export type RenderSettings = {
  readonly viewsFolder: string;
  readonly catalogue: Catalogue;
  readonly decide: Decide;
  readonly navigation: readonly NavigationEntry[];
  /** Changes with each release, so that browsers fetch new assets. */
  readonly assetVersion: string;
};
export type NavigationEntry = {
  readonly href: string;
  readonly labelKey: string;
  readonly permission: string;
  /** Entries of one group stand together, under `nav.group.<name>`. */
  readonly group?: string;
};
