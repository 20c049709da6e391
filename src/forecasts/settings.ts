import type { Policies } from '../kernel/policies.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';

/** What the pages of forecasts are lent. */
export type ForecastSettings = { readonly catalogue: Catalogue; readonly limits: Policies['limits'] };
