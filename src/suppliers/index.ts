export {
  isInvitable,
  type Supplier,
  type SupplierContact,
  type SupplierLanguage,
  type SupplierState,
} from './supplier.ts';
export { orderReaders, supplierUserIds, userIdsOfSuppliers } from './suppliers.queries.ts';
export { suppliersRoutes } from './suppliers.routes.ts';
export {
  addSupplierContact,
  findSupplier,
  findSuppliers,
  invitableSuppliers,
  type NewContact,
  type NewSupplier,
  registerSupplier,
} from './suppliers.service.ts';
