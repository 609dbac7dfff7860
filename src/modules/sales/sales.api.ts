export { SALE_STATUSES, type SaleStatus } from './lifecycle/sale-lifecycle.js';
