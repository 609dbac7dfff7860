import { AnalyticsMovedProduct, AnalyticsPending, AnalyticsSale } from './modules/analytics/analytics-state.entity.js';
import {
  AnalyticsCategoryDay,
  AnalyticsCategoryMonth,
  AnalyticsCustomerDay,
  AnalyticsCustomerMonth,
  AnalyticsProductDay,
  AnalyticsProductMonth,
  AnalyticsSlot,
} from './modules/analytics/analytics-sums.entity.js';
import { AuditAddress } from './modules/audit/audit-address.entity.js';
import { AuditDetails } from './modules/audit/audit-details.entity.js';
import { AuditEntry } from './modules/audit/audit-entry.entity.js';
import { Invitation } from './modules/auth/invitation.entity.js';
import { OidcAttempt } from './modules/auth/oidc-attempt.entity.js';
import { OidcHandover } from './modules/auth/oidc-handover.entity.js';
import { OneTimeToken } from './modules/auth/one-time-token.entity.js';
import { RecoveryCode } from './modules/auth/recovery-code.entity.js';
import { RefreshToken } from './modules/auth/refresh-token.entity.js';
import { TotpFactor } from './modules/auth/totp-factor.entity.js';
import { UserIdentity } from './modules/auth/user-identity.entity.js';
import { Cart, CartItem, ExpiredCarts } from './modules/carts/cart.entity.js';
import { DeliveryAddress } from './modules/delivery-addresses/delivery-address.entity.js';
import { Invoice } from './modules/invoices/invoice.entity.js';
import { InvoiceCounter } from './modules/invoices/invoice-counter.entity.js';
import { Payment } from './modules/payments/payment.entity.js';
import { PaymentDispute } from './modules/payments/payment-dispute.entity.js';
import { PaymentEvent } from './modules/payments/payment-event.entity.js';
import { Refund } from './modules/payments/refund.entity.js';
import { RefundItem } from './modules/payments/refund-item.entity.js';
import { StrayCharge } from './modules/payments/stray-charge.entity.js';
import { CatalogueCount } from './modules/products/catalogue-count.entity.js';
import { CatalogueEntry } from './modules/products/catalogue-entry.entity.js';
import { CatalogueWord } from './modules/products/catalogue-word.entity.js';
import { Category } from './modules/products/category.entity.js';
import { ProductGroup } from './modules/products/groups/product-group.entity.js';
import { StoredImage } from './modules/products/images/stored-image.entity.js';
import {
  CatalogueImport,
  CatalogueImportChunk,
  CatalogueImportError,
} from './modules/products/import/catalogue-import.entity.js';
import { Product } from './modules/products/product.entity.js';
import { RelatedProducts } from './modules/products/related/related-products.entity.js';
import { StockMovement } from './modules/products/stock-movement.entity.js';
import { PromotionEntity } from './modules/promotions/promotion.entity.js';
import { PromotionUse } from './modules/promotions/promotion-use.entity.js';
import { SaleHistoryEntry } from './modules/sales/lifecycle/sale-history.entity.js';
import { SaleReturn, SaleReturnItem } from './modules/sales/returns/sale-return.entity.js';
import { Sale } from './modules/sales/sale.entity.js';
import { SaleItem } from './modules/sales/sale-item.entity.js';
import { SaleShipment, SaleShipmentItem } from './modules/sales/shipments/sale-shipment.entity.js';
import { PastCustomer } from './modules/sales-history/past-customer.entity.js';
import { SaleImportFile } from './modules/sales-history/sale-import-file.entity.js';
import { WaitingLine } from './modules/sales-history/stocked/waiting-line.entity.js';
import { ShippingMethod } from './modules/shipping/shipping-method.entity.js';
import { TaxRateEntity } from './modules/taxes/tax-rate.entity.js';
import { User } from './modules/users/user.entity.js';
import { IdempotencyRecord } from './platform/http/idempotency-record.entity.js';
import { MailMessage } from './platform/mail/mail-message.entity.js';
import { ConsumedEvent } from './platform/outbox/consumed-event.entity.js';
import { OutboxEvent } from './platform/outbox/outbox-event.entity.js';
import { ApiKey } from './platform/security/api-key.entity.js';
import { Revocation } from './platform/security/revocation.entity.js';
import { TestClockOffset } from './platform/test-clock/test-clock.entity.js';

/** Every table of the application. */
export const entities = [
  AnalyticsCategoryDay,
  AnalyticsCategoryMonth,
  AnalyticsCustomerDay,
  AnalyticsCustomerMonth,
  AnalyticsMovedProduct,
  AnalyticsPending,
  AnalyticsProductDay,
  AnalyticsProductMonth,
  AnalyticsSale,
  AnalyticsSlot,
  ApiKey,
  AuditAddress,
  AuditDetails,
  AuditEntry,
  Cart,
  CartItem,
  ExpiredCarts,
  CatalogueCount,
  CatalogueEntry,
  CatalogueWord,
  CatalogueImport,
  CatalogueImportChunk,
  CatalogueImportError,
  Category,
  ConsumedEvent,
  DeliveryAddress,
  IdempotencyRecord,
  Invitation,
  Invoice,
  InvoiceCounter,
  MailMessage,
  OidcAttempt,
  OidcHandover,
  OneTimeToken,
  OutboxEvent,
  PastCustomer,
  Payment,
  PaymentDispute,
  PaymentEvent,
  Product,
  ProductGroup,
  PromotionEntity,
  PromotionUse,
  RecoveryCode,
  Refund,
  RefundItem,
  RefreshToken,
  RelatedProducts,
  Revocation,
  Sale,
  SaleHistoryEntry,
  SaleImportFile,
  WaitingLine,
  SaleItem,
  SaleReturn,
  SaleReturnItem,
  SaleShipment,
  SaleShipmentItem,
  ShippingMethod,
  TaxRateEntity,
  StockMovement,
  StrayCharge,
  StoredImage,
  TestClockOffset,
  TotpFactor,
  User,
  UserIdentity,
];
