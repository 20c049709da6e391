import type { UnitCode } from '../kernel/quantity.ts';

/** A group of things that are bought. */
export type Category = { readonly code: string; readonly nameEn: string; readonly nameZh: string };

/** A place of ours that goods are delivered to. */
export type Plant = {
  readonly code: string;
  readonly nameEn: string;
  readonly nameZh: string;
  readonly addressLines: readonly string[];
  /** IANA zone: closing times are offered in it. */
  readonly timeZone: string;
  /** The calendar its working days are counted in; without one the company's. */
  readonly calendarCode?: string | null;
  /** What is printed for its people, as labels are, is in this language; Chinese where nothing else is said. */
  readonly language?: 'en' | 'zh-CN';
};

/** Something we buy again and again, under a number of ours. */
export type Item = {
  readonly id: string;
  readonly code: string;
  readonly description: string;
  readonly unit: UnitCode;
  readonly categoryCode: string;
};
