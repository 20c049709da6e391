export {
  isInvitable,
  type Supplier,
  type SupplierContact,
  type SupplierLanguage,
  type SupplierState,
  supplierLifecycle,
} from './supplier.ts';
export {
  deactivateContact,
  holdSupplier,
  releaseSupplier,
  reviseSupplier,
} from './supplier-changes.service.ts';
export { userIdsOfSuppliers } from './suppliers.queries.ts';
export { suppliersRoutes } from './suppliers.routes.ts';
export {
  addSupplierContact,
  findSupplier,
  findSuppliers,
  invitableSuppliers,
  type NewContact,
  type NewSupplier,
  registerSupplier,
  supplierUserIds,
} from './suppliers.service.ts';
