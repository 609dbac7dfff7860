export { SALE_STATUSES, type SaleStatus } from './sale-lifecycle.js';
