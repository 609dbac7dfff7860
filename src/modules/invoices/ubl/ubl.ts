import { formatMoney } from '../../../common/money.js';
import { formatPercent } from '../../../common/percent.js';
import type { InvoiceParty } from '../invoice-content.js';
import type { InvoiceDocument } from '../invoice-document.js';
import type { TaxSum } from '../invoice-parts.js';
import type { InvoiceKind } from '../invoice-row.js';
import { type TaxRate, vatIdOf } from '../invoice-taxes.js';
import { type EInvoice, type EInvoiceAdjustment, type EInvoiceLine, toEInvoice } from './e-invoice.js';
import { writeXml, type XmlElement } from './xml.js';

const CUSTOMIZATION = 'urn:cen.eu:en16931:2017';
const UBL = 'urn:oasis:names:specification:ubl:schema:xsd';
/** UN/ECE Recommendation 20: one, of whatever is sold. */
const UNIT = 'C62';

/** What is called otherwise in a credit note. */
interface Vocabulary {
  readonly root: 'Invoice' | 'CreditNote';
  readonly typeName: string;
  /** UNCL1001. */
  readonly typeCode: string;
  readonly lineName: string;
  readonly quantityName: string;
  readonly terms: string;
}

const VOCABULARIES: Readonly<Record<InvoiceKind, Vocabulary>> = {
  invoice: {
    root: 'Invoice',
    typeName: 'cbc:InvoiceTypeCode',
    typeCode: '380',
    lineName: 'cac:InvoiceLine',
    quantityName: 'cbc:InvoicedQuantity',
    terms: 'Paid in full.',
  },
  credit_note: {
    root: 'CreditNote',
    typeName: 'cbc:CreditNoteTypeCode',
    typeCode: '381',
    lineName: 'cac:CreditNoteLine',
    quantityName: 'cbc:CreditedQuantity',
    terms: 'Refunded in full.',
  },
};

/**
 * An invoice or credit note in the core of EN 16931, written as UBL 2.1 in the order of its schemas. Invoices are
 * issued for what has been paid, and credit notes for what has been given back, so nothing is left to pay (BT-115).
 */
export function toUbl(document: InvoiceDocument): string {
  const words = VOCABULARIES[document.kind];
  const amounts = toEInvoice(document);
  const money = moneyWriter(document.currency, amounts.decimals);
  return writeXml([
    words.root,
    [
      ['cbc:CustomizationID', CUSTOMIZATION],
      ['cbc:ID', document.number],
      ['cbc:IssueDate', dateOf(document.issued_at)],
      [words.typeName, words.typeCode],
      amounts.isRounded ? ['cbc:Note', roundingNote(document)] : undefined,
      ['cbc:DocumentCurrencyCode', document.currency],
      orderReference(document),
      billingReference(document),
      ['cac:AccountingSupplierParty', [party(document.seller)]],
      ['cac:AccountingCustomerParty', [party(document.buyer)]],
      paymentMeans(document),
      ['cac:PaymentTerms', [['cbc:Note', words.terms]]],
      ...amounts.adjustments.map((adjustment) => documentAdjustment(adjustment, money)),
      taxTotal(amounts, money),
      monetaryTotal(amounts, money),
      ...amounts.lines.map((line, index) => documentLine(line, index + 1, words, document.currency, money)),
    ],
    {
      xmlns: `${UBL}:${words.root}-2`,
      'xmlns:cac': `${UBL}:CommonAggregateComponents-2`,
      'xmlns:cbc': `${UBL}:CommonBasicComponents-2`,
    },
  ]);
}

type MoneyWriter = (name: string, amount: bigint) => XmlElement;

function moneyWriter(currency: string, decimals: number): MoneyWriter {
  return (name, amount) => [name, decimal(amount, decimals), { currencyID: currency }];
}

function decimal(amount: bigint, decimals: number): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return `${amount < 0n ? '-' : ''}${decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`}`;
}

const dateOf = (moment: Date): string => moment.toISOString().slice(0, 10);

function roundingNote({ number, total, currency }: InvoiceDocument): string {
  const exact = `${formatMoney(total, currency)} ${currency}`;
  return `Amounts are rounded to two decimals, as EN 16931 asks. The exact total of ${number} is ${exact}.`;
}

/** What the buyer ordered has the number that the seller gave it (BT-13, BT-14). */
function orderReference({ sale_number }: InvoiceDocument): XmlElement {
  return [
    'cac:OrderReference',
    [
      ['cbc:ID', sale_number],
      ['cbc:SalesOrderID', sale_number],
    ],
  ];
}

/** The invoice that a credit note corrects (BG-3). */
function billingReference({ corrected_number, corrected_at }: InvoiceDocument): XmlElement | undefined {
  if (corrected_number === null) return undefined;
  const issued: XmlElement | undefined = corrected_at === null ? undefined : ['cbc:IssueDate', dateOf(corrected_at)];
  return ['cac:BillingReference', [['cac:InvoiceDocumentReference', [['cbc:ID', corrected_number], issued]]]];
}

/**
 * A tax identification that is not for VAT stands as the tax registration (BT-32) and, since a seller must have an
 * identifier of one of three kinds (BR-CO-26), as the legal registration (BT-30).
 */
function party({ name, address, country, email, taxId }: InvoiceParty): XmlElement {
  const vatId = vatIdOf(taxId);
  const registration: XmlElement | undefined =
    taxId === null || vatId !== undefined ? undefined : ['cbc:CompanyID', taxId];
  return [
    'cac:Party',
    [
      ['cac:PostalAddress', postalAddress(address, country ?? vatId?.slice(0, 2).replace('EL', 'GR') ?? null)],
      taxId === null ? undefined : taxScheme(vatId ?? taxId, vatId === undefined ? 'TAX' : 'VAT'),
      ['cac:PartyLegalEntity', [['cbc:RegistrationName', name], registration]],
      email === null ? undefined : ['cac:Contact', [['cbc:ElectronicMail', email]]],
    ],
  ];
}

function taxScheme(id: string, scheme: 'VAT' | 'TAX'): XmlElement {
  return [
    'cac:PartyTaxScheme',
    [
      ['cbc:CompanyID', id],
      ['cac:TaxScheme', [['cbc:ID', scheme]]],
    ],
  ];
}

/** Addresses are kept as lines; there are three places for those (BT-35, BT-36 and BT-162). */
function postalAddress([street, additional, ...more]: readonly string[], country: string | null): XmlElement[] {
  const elements: (XmlElement | undefined)[] = [
    street === undefined ? undefined : ['cbc:StreetName', street],
    additional === undefined ? undefined : ['cbc:AdditionalStreetName', additional],
    more.length === 0 ? undefined : ['cac:AddressLine', [['cbc:Line', more.join(', ')]]],
    country === null ? undefined : ['cac:Country', [['cbc:IdentificationCode', country]]],
  ];
  return elements.filter((element) => element !== undefined);
}

/** UNCL4461: an online payment service, or a means that is not told. */
function paymentMeans({ provider }: InvoiceDocument): XmlElement | undefined {
  if (provider === null) return undefined;
  const code = provider === 'manual' ? '1' : '68';
  return ['cac:PaymentMeans', [['cbc:PaymentMeansCode', code]]];
}

function taxCategory(name: string, { category, rate }: TaxRate, reasons: readonly XmlElement[] = []): XmlElement {
  return [
    name,
    [
      ['cbc:ID', category],
      // Outside the scope of VAT there is no rate, not even one of 0 (BR-O-5).
      category === 'O' ? undefined : ['cbc:Percent', formatPercent(rate)],
      ...reasons,
      ['cac:TaxScheme', [['cbc:ID', 'VAT']]],
    ],
  ];
}

function documentAdjustment({ isCharge, reason, reasonCode, amount, taxed }: EInvoiceAdjustment, money: MoneyWriter) {
  const element: XmlElement = [
    'cac:AllowanceCharge',
    [
      ['cbc:ChargeIndicator', String(isCharge)],
      ['cbc:AllowanceChargeReasonCode', reasonCode],
      ['cbc:AllowanceChargeReason', reason],
      money('cbc:Amount', amount),
      taxCategory('cac:TaxCategory', taxed),
    ],
  ];
  return element;
}

function taxTotal({ taxes, taxTotal: total }: EInvoice, money: MoneyWriter): XmlElement {
  return ['cac:TaxTotal', [money('cbc:TaxAmount', total), ...taxes.map((tax) => taxSubtotal(tax, money))]];
}

function taxSubtotal({ taxed, base, tax }: TaxSum, money: MoneyWriter): XmlElement {
  const reasons: readonly XmlElement[] =
    taxed.category === 'O'
      ? [
          ['cbc:TaxExemptionReasonCode', 'VATEX-EU-O'],
          ['cbc:TaxExemptionReason', 'Not subject to VAT'],
        ]
      : [];
  return [
    'cac:TaxSubtotal',
    [money('cbc:TaxableAmount', base), money('cbc:TaxAmount', tax), taxCategory('cac:TaxCategory', taxed, reasons)],
  ];
}

function monetaryTotal(totals: EInvoice, money: MoneyWriter): XmlElement {
  const { lineTotal, withoutTax, withTax, allowanceTotal, chargeTotal } = totals;
  return [
    'cac:LegalMonetaryTotal',
    [
      money('cbc:LineExtensionAmount', lineTotal),
      money('cbc:TaxExclusiveAmount', withoutTax),
      money('cbc:TaxInclusiveAmount', withTax),
      allowanceTotal === 0n ? undefined : money('cbc:AllowanceTotalAmount', allowanceTotal),
      chargeTotal === 0n ? undefined : money('cbc:ChargeTotalAmount', chargeTotal),
      money('cbc:PrepaidAmount', withTax),
      money('cbc:PayableAmount', 0n),
    ],
  ];
}

function documentLine(
  { name, sku, quantity, unitPrice, gross, allowance, net, taxed }: EInvoiceLine,
  number: number,
  { lineName, quantityName }: Vocabulary,
  currency: string,
  money: MoneyWriter,
): XmlElement {
  const discount: XmlElement = [
    'cac:AllowanceCharge',
    [
      ['cbc:ChargeIndicator', 'false'],
      ['cbc:AllowanceChargeReasonCode', '95'],
      ['cbc:AllowanceChargeReason', 'Discount'],
      money('cbc:Amount', allowance),
      money('cbc:BaseAmount', gross),
    ],
  ];
  return [
    lineName,
    [
      ['cbc:ID', String(number)],
      [quantityName, String(quantity), { unitCode: UNIT }],
      money('cbc:LineExtensionAmount', net),
      allowance === 0n ? undefined : discount,
      [
        'cac:Item',
        [
          ['cbc:Name', name],
          sku === null ? undefined : ['cac:SellersItemIdentification', [['cbc:ID', sku]]],
          taxCategory('cac:ClassifiedTaxCategory', taxed),
        ],
      ],
      ['cac:Price', [['cbc:PriceAmount', unitPrice, { currencyID: currency }]]],
    ],
  ];
}
