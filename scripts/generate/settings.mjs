import { fromDist } from '../support/dist.mjs';

/** @type {{ schema: Record<string, { fallback: unknown, description: string }> }} */
const { schema } = await fromDist('src/config/schema.js');

const START = '<!-- settings: made by `make generate` from src/config/schema.ts -->';
const END = '<!-- end of settings -->';
const LINE_WIDTH = 100;

/** For docker-compose.yml alone: the application reads none of them. */
const COMPOSE = [
  ['POSTGRES_PASSWORD', 'Password of the role that owns the database.'],
  ['TRADEPOST_DATABASE_PASSWORD', 'Password of the role that the application works as.'],
];

/** @typedef {{ name: string, fallback: string, description: string }} Row */

/** @returns {Row[]} */
function rows() {
  return Object.entries(schema).map(([name, { fallback, description }]) => ({
    name,
    fallback: shown(fallback),
    description,
  }));
}

function shown(/** @type {unknown} */ fallback) {
  if (fallback === undefined) return '';
  return Array.isArray(fallback) ? fallback.join(',') : String(fallback);
}

/** Every setting with its default, commented out: a copy of it as .env changes nothing. */
export function envExample() {
  const settings = rows().map((row) => `${comment(row.description)}# ${row.name}=${quoted(row.fallback)}\n`);
  const compose = COMPOSE.map(([name, description]) => `${comment(description ?? '')}# ${name}=\n`);
  return [
    '# Settings of Tradepost. Copy this file to .env and remove the # before what you change.\n' +
      '# A variable of the environment wins over the same one here. Made by `make generate` from src/config/schema.ts.\n',
    ...settings,
    '# ---- For `docker compose` alone, which asks for REDIS_PASSWORD too; letters and digits, no other characters.\n',
    ...compose,
  ].join('\n');
}

function comment(/** @type {string} */ text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length > LINE_WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => `# ${line}\n`).join('');
}

function quoted(/** @type {string} */ value) {
  return /[\s#"']/.test(value) ? JSON.stringify(value) : value;
}

/** @param {string} readme with the two marks between which the table of settings stands */
export function readmeWithSettings(readme) {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) throw new Error(`README.md needs these two lines:\n${START}\n${END}`);
  const table = ['| Setting | Default | What it is for |', '| --- | --- | --- |', ...rows().map(tableRow)];
  return `${readme.slice(0, start)}${START}\n\n${table.join('\n')}\n\n${readme.slice(end)}`;
}

function tableRow(/** @type {Row} */ { name, fallback, description }) {
  return `| \`${name}\` | ${fallback === '' ? '–' : `\`${fallback}\``} | ${description.replaceAll('|', '\\|')} |`;
}
