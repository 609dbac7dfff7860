// `make check-invoices`: validates sample invoices and credit notes by the rules of EN 16931 that CEN publishes, with
// Saxon. Both come from Maven, and stay in the local repository of Maven.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toUbl } from '../../src/modules/invoices/ubl/ubl.js';
import { SAMPLES } from '../factories/sample-invoices.js';
import { schemaProblems } from './ubl-schemas.js';

const RULES = 'com.helger.phive.rules:phive-rules-en16931:4.3.7';
const RULES_FILE = 'external/schematron/1.3.16/ubl/EN16931-UBL-validation.xslt';
const PROCESSOR = ['net.sf.saxon:Saxon-HE:12.5', 'org.xmlresolver:xmlresolver:5.2.2'];

const folder = mkdtempSync(join(tmpdir(), 'check-invoices-'));
const run = (program: string, args: readonly string[]): void => {
  execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
};
const jarOf = (artifact: string): string => join(folder, `${artifact.split(':').slice(1).join('-')}.jar`);

function fetchTools(): void {
  for (const artifact of [RULES, ...PROCESSOR]) {
    run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]);
    if (!existsSync(jarOf(artifact))) throw new Error(`Maven did not bring ${artifact}.`);
  }
  run('jar', ['xf', jarOf(RULES), RULES_FILE]);
}

/** Each rule that a document breaks, with what it says. */
function brokenRules(report: string): string[] {
  const failures = report.matchAll(/<svrl:failed-assert[\s\S]*?<svrl:text>([\s\S]*?)<\/svrl:text>/g);
  return [...failures].map(([, text = '']) => text.replace(/\s+/g, ' ').trim());
}

try {
  fetchTools();
  const xml = Object.fromEntries(Object.entries(SAMPLES).map(([name, document]) => [name, toUbl(document)]));
  const [documents, reports] = ['documents', 'reports'].map((name) => join(folder, name)) as [string, string];
  // Saxon takes a folder to write to for one only where it is there.
  for (const made of [documents, reports]) mkdirSync(made);
  for (const [name, text] of Object.entries(xml)) writeFileSync(join(documents, `${name}.xml`), text);
  const classes = PROCESSOR.map(jarOf).join(process.platform === 'win32' ? ';' : ':');
  const transform = ['net.sf.saxon.Transform', `-s:${documents}`, `-o:${reports}`, `-xsl:${RULES_FILE}`];
  run('java', ['-cp', classes, ...transform]);
  let broken = await schemaProblems(xml);
  for (const problem of broken) console.error(problem);
  for (const name of Object.keys(xml)) {
    const report = readFileSync(join(reports, `${name}.xml`), 'utf8');
    if (!report.includes('<svrl:fired-rule')) throw new Error(`No rule was asked about ${name}.`);
    const rules = brokenRules(report);
    console.log(`${name}: ${rules.length === 0 ? 'conforms' : rules.join('\n  ')}`);
    broken = [...broken, ...rules];
  }
  process.exitCode = broken.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
