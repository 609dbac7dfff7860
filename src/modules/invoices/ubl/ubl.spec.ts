import { SAMPLES } from '../../../../test/factories/sample-invoices.js';
import { schemaProblems } from '../../../../test/support/ubl-schemas.js';
import { toUbl } from './ubl.js';

const documents = Object.fromEntries(Object.entries(SAMPLES).map(([name, document]) => [name, toUbl(document)]));

describe('an electronic invoice', () => {
  it('obeys the schemas of UBL 2.1, in every currency, taxed or not, with or without lines', async () => {
    expect(await schemaProblems(documents)).toEqual([]);
  });

  it('would be refused by them with an element out of place, or another that they do not know', async () => {
    const xml = documents.usd ?? '';
    const swapped = xml.replace(/( *<cbc:ID>.*\n)( *<cbc:IssueDate>.*\n)/, '$2$1');
    const unknown = xml.replaceAll('cbc:PrepaidAmount', 'cbc:PaidAmount');
    const problems = await schemaProblems({ swapped, unknown });
    expect(problems).toEqual([
      expect.stringMatching(/^swapped\.xml.*IssueDate.*not expected/),
      expect.stringMatching(/^unknown\.xml.*PaidAmount.*not expected/),
    ]);
  });

  it('says that nothing is left to pay, in the decimals of the currency and never more than two', () => {
    const amounts = (name: string) =>
      [...(documents[name] ?? '').matchAll(/<cbc:(\w+Amount) currencyID="\w+">([^<]+)</g)]
        .filter(([, element]) => /Inclusive|Prepaid|Payable/.test(element ?? ''))
        .map(([, element, amount]) => `${element} ${amount}`);
    expect(amounts('usd-unregistered')).toEqual([
      'TaxInclusiveAmount 52.00',
      'PrepaidAmount 52.00',
      'PayableAmount 0.00',
    ]);
    expect(amounts('jpy')).toEqual(['TaxInclusiveAmount 14200', 'PrepaidAmount 14200', 'PayableAmount 0']);
    expect(amounts('kwd')).toEqual(['TaxInclusiveAmount 6.29', 'PrepaidAmount 6.29', 'PayableAmount 0.00']);
    expect(documents.kwd).toContain('The exact total of INV-2026-000001 is 6.294 KWD.');
    expect(documents.usd).not.toContain('<cbc:Note>Amounts');
  });

  it('refers from a credit note to the invoice that it corrects', () => {
    expect(documents['usd-credit']).toMatch(/^<\?xml[^>]*>\n<CreditNote /);
    expect(documents['usd-credit']).toMatch(
      /<cac:BillingReference>\s*<cac:InvoiceDocumentReference>\s*<cbc:ID>INV-2026-000001<\/cbc:ID>\s*<cbc:IssueDate>2026-11-21</,
    );
    expect(documents.usd).not.toContain('BillingReference');
  });

  it('is zero-rated where the seller is registered for VAT, and else outside its scope', () => {
    expect(documents.usd).toMatch(/<cbc:ID>Z<\/cbc:ID>\s*<cbc:Percent>0</);
    expect(documents['usd-unregistered']).toMatch(/<cbc:ID>O<\/cbc:ID>\s*<cbc:TaxExemptionReasonCode>VATEX-EU-O</);
    expect(documents['usd-unregistered']).not.toContain('cbc:Percent');
  });
});
