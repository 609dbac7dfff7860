// `make generate-migration MSG=AddCoupons`: what lies between the migrated schema and the entities, as a migration.
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { withMigratedDatabase } from './support/scratch-database.mjs';

const name = process.argv[2] ?? '';
if (!/^[A-Z][A-Za-z0-9]+$/.test(name)) {
  process.stderr.write('usage: make generate-migration MSG=AddCoupons (a verb and a noun, in CamelCase)\n');
  process.exit(2);
}

const { upQueries, downQueries } = await withMigratedDatabase((dataSource) =>
  dataSource.driver.createSchemaBuilder().log(),
);
if (upQueries.length === 0) {
  process.stdout.write('The entities and the migrations agree: there is nothing to write.\n');
} else {
  const time = Date.now();
  const file = `migrations/${time}-${name}.ts`;
  await writeFile(file, migration(`${name}${time}`, upQueries, downQueries.reverse()));
  const biome = ['node_modules/@biomejs/biome/bin/biome', 'format', '--write', file];
  const { status, stderr } = spawnSync(process.execPath, biome, { encoding: 'utf8' });
  if (status !== 0) process.stderr.write(stderr);
  process.stdout.write(`Wrote ${file}. Read it before you share it: a renamed column looks like one lost, one new.\n`);
  process.exitCode = status ?? 1;
}

/** @typedef {import('typeorm/driver/SqlInMemory.js').SqlInMemory['upQueries']} Queries */

function migration(/** @type {string} */ className, /** @type {Queries} */ up, /** @type {Queries} */ down) {
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className} implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
${up.map(call).join('\n')}
  }

  async down(runner: QueryRunner): Promise<void> {
${down.map(call).join('\n')}
  }
}
`;
}

function call(/** @type {Queries[number]} */ { query, parameters = [] }) {
  const text = query.includes("'") ? template(query) : `'${query.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}'`;
  return `    await runner.query(${text}${parameters.length > 0 ? `, ${JSON.stringify(parameters)}` : ''});`;
}

function template(/** @type {string} */ query) {
  return `\`${query.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``;
}
