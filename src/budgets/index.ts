export { budgetYear, type Overrun } from './budget.ts';
export { listAccounts } from './budget-list.queries.ts';
export { budgetsRoutes } from './budgets.routes.ts';
export { createBudget } from './budgets.service.ts';
export {
  askBudgets,
  assertCommittable,
  assertOrderable,
  carryReserved,
  changeCommitted,
  commitReserved,
  divideReserved,
  findBudgetsFor,
  findReserved,
  freeReserved,
  type Need,
  reserveBudgets,
} from './commitments.service.ts';
