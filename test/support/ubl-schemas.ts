import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { validateXML } from 'xmllint-wasm';

const FOLDER = join(process.cwd(), 'test/fixtures/ubl-2.1');
const XSD = 'http://www.w3.org/2001/XMLSchema';
const UBL = 'urn:oasis:names:specification:ubl:schema:xsd';

// UBL leaves it to its users what extensions hold; these documents have none, so nothing may be in them.
const EXTENSIONS = `<xsd:schema xmlns:xsd="${XSD}" targetNamespace="${UBL}:CommonExtensionComponents-2"
  xmlns="${UBL}:CommonExtensionComponents-2"><xsd:complexType name="ExtensionContentType"/></xsd:schema>`;

const imported = (namespace: string, file: string): string =>
  `<xsd:import namespace="${namespace}" schemaLocation="${file}"/>`;
const ENTRY = `<xsd:schema xmlns:xsd="${XSD}">
  ${imported('urn:un:unece:uncefact:data:specification:CoreComponentTypeSchemaModule:2', 'CCTS_CCT_SchemaModule.xsd')}
  ${imported(`${UBL}:Invoice-2`, 'UBL-Invoice-2.1.xsd')}
  ${imported(`${UBL}:CreditNote-2`, 'UBL-CreditNote-2.1.xsd')}
</xsd:schema>`;

function schemas() {
  const kept = readdirSync(FOLDER).filter((name) => name.endsWith('.xsd.gz'));
  const files = kept.map((name) => ({
    fileName: name.slice(0, -3),
    // The files lie in one folder here.
    contents: gunzipSync(readFileSync(join(FOLDER, name)))
      .toString()
      .replaceAll('="../common/', '="'),
  }));
  return [...files, { fileName: 'UBL-ExtensionContentDataType-2.1.xsd', contents: EXTENSIONS }];
}

/** What the schemas of UBL 2.1 have against documents, by their names. */
export async function schemaProblems(documents: Readonly<Record<string, string>>): Promise<string[]> {
  const { errors } = await validateXML({
    xml: Object.entries(documents).map(([name, contents]) => ({ fileName: `${name}.xml`, contents })),
    schema: [{ fileName: 'entry.xsd', contents: ENTRY }],
    preload: schemas(),
    initialMemoryPages: 1_024,
    maxMemoryPages: 8_192,
  });
  return errors.map(({ rawMessage }) => rawMessage).filter((message) => !message.endsWith('fails to validate'));
}
