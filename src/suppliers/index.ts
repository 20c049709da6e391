export { bankAccountRoutes } from './bank/bank-accounts.routes.ts';
export {
  type AccountInUse,
  accountsInUse,
  accountTailsOf,
  activateNextDue,
  getBankAccount,
  keepersOfAccounts,
  waitingForBankAccounts,
} from './bank/bank-accounts.service.ts';
export { companyRoutes } from './company.routes.ts';
export { ownQualificationRoutes } from './qualification/own-qualifications.routes.ts';
export type { Outcome } from './qualification/qualification.ts';
export { qualificationImportRoutes } from './qualification/qualification-import.routes.ts';
export { findQualificationTold, waitingForQualifications } from './qualification/qualifications.queries.ts';
export { qualificationRoutes } from './qualification/qualifications.routes.ts';
export {
  decideQualification,
  mindQualifications,
  proposeQualification,
  standingsIn,
} from './qualification/qualifications.service.ts';
export { mayReadEvidenceOfQualification } from './qualification/renewals.service.ts';
export { recoveryRoutes } from './recovery.routes.ts';
export {
  completeNextDueRecovery,
  decideRecovery,
  findRecovery,
  waitingFor,
} from './recovery.service.ts';
export { findSite, listSites, type SupplierSite } from './sites.service.ts';
export {
  isInvitable,
  type Supplier,
  type SupplierContact,
  type SupplierLanguage,
  type SupplierState,
} from './supplier.ts';
export { activeUserIds, orderReaders, supplierUserIds, userIdsOfSuppliers } from './suppliers.queries.ts';
export { suppliersRoutes } from './suppliers.routes.ts';
export {
  addSupplierContact,
  findSupplier,
  findSuppliers,
  findSuppliersByReference,
  invitableSuppliers,
  type NewContact,
  type NewSupplier,
  registerSupplier,
} from './suppliers.service.ts';
