export { type ReadUnit, readUnit } from '../kernel/unit-names.ts';
export { calendarOf } from './calendar.store.ts';
export { type CalendarDay, type KeptCalendar, type NamedCalendar, ruleOf } from './calendar.ts';
export { calendarRoutes } from './calendars.routes.ts';
export {
  announcedBefore,
  calendarAt,
  createCalendar,
  listCalendars,
  setPlantCalendar,
} from './calendars.service.ts';
export { catalogRoutes } from './catalog.routes.ts';
export {
  createCategory,
  createItems,
  createPlant,
  findItemsByCodes,
  findPlant,
  listCategories,
  listPlants,
} from './catalog.service.ts';
export type { Category, Item, Plant } from './catalog.ts';
export type { FoundRate } from './exchange-rate.ts';
export { exchangeRatesRoutes } from './exchange-rates.routes.ts';
export { enterExchangeRate, findExchangeRates } from './exchange-rates.service.ts';
export { itemsRoutes } from './items.routes.ts';
export { inSupplierUnit, type PackagingFault, packagingFault, type SupplierItem } from './supplier-item.ts';
export { supplierItemsRoutes } from './supplier-items.routes.ts';
export { findSupplierItems, ownSupplierItems } from './supplier-items.service.ts';
export { unitCell } from './unit.sheet.ts';
