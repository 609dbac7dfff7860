import {
  beginsWith,
  besideWords,
  entriesOf,
  hasPrefix,
  Parameters,
  type ResolvedFilter,
  where,
} from './catalogue-filter.js';
import type { Abundance } from './catalogue-plan.js';
import type { Search } from './catalogue-search.js';
import type { Position } from './catalogue-sorts.js';

/**
 * Classes of relevance, best first: the SKU itself, a SKU that begins so, a name that begins so, all words in the
 * title, all words anywhere. Within the second and third, by the alphabet; within all, the newest first. Words that no
 * product has are replaced before, by similar ones.
 */
const [SKU, SKU_START, NAME_START, TITLE, ANYWHERE] = [6, 5, 4, 3, 2] as const;

const COLUMNS =
  'e.product_id, e.number, e.sku_key, e.name_key, e.title, e.document, e.category_id, e.price, e.in_stock';

/** The values of the cursor of relevance, out of `score`, `key` and `number`. */
const VALUES = 'score::text, key, number::text';

/** So many of the newest entries are asked first, in blocks where nobody knows how rare words are. */
const NEAR = 21_000;
const BLOCKS = [0, 1_000, 5_000, NEAR] as const;

interface Rows {
  readonly limit: number;
  readonly offset: number;
}

/** One page of a search, in a fixed order of whatever strategy: class, key, newest first. */
interface Part {
  readonly filter: ResolvedFilter;
  readonly search: Search;
  readonly position: Position | undefined;
  readonly rows: Rows;
  readonly abundance: Abundances;
  /** How many matches are gathered at most; undefined for all. */
  readonly most?: number | undefined;
  readonly parameters: Parameters;
}

/** How many products have all words in the title, and how many anywhere. */
export interface Abundances {
  readonly title: Abundance;
  readonly anywhere: Abundance;
}

const titleHas = ({ search, parameters }: Part): string =>
  `e.title @@ ${parameters.once('tsquery', search.tsquery, 'tsquery')}`;

/**
 * Gathers whatever matches, classes it and sorts it. Where there is an end to that, the number of matches is told as
 * `matched`, and the page is none if there are more.
 */
export function gatherRelevant(part: Part): string {
  const { filter, position, rows, most, parameters } = part;
  const score = scoreOf(part);
  const entries = entriesOf(filter, COLUMNS, parameters);
  const key = `CASE score WHEN ${SKU_START} THEN sku_key WHEN ${NAME_START} THEN name_key ELSE '' END AS key`;
  // A limit inside would tempt the planner to look through the whole table for the first few.
  const ending = most === undefined ? '' : ` LIMIT ${parameters.add(most + 1, 'integer')}`;
  const matched = most === undefined ? '' : ', (SELECT count(*)::int FROM classed) AS matched';
  return `WITH matching AS MATERIALIZED (SELECT e.product_id, e.number, e.sku_key, e.name_key, ${score} AS score ${entries}),
    classed AS MATERIALIZED (SELECT product_id, number, score, ${key} FROM matching${ending})
  SELECT product_id, number, score, key${matched} FROM classed ${afterClassed(position, parameters)}
  ORDER BY score DESC, key, number DESC ${limitOf(rows, parameters)}`;
}

function scoreOf(part: Part): string {
  const { search, parameters } = part;
  if (search.tsquery === '') return `${SKU}`;
  const cases = [`WHEN e.sku_key = ${parameters.once('key', search.key, 'text')} THEN ${SKU}`];
  if (hasPrefix(search)) {
    cases.push(`WHEN ${beginsWith('e.sku_key', search, parameters)} THEN ${SKU_START}`);
    cases.push(`WHEN ${beginsWith('e.name_key', search, parameters)} THEN ${NAME_START}`);
  }
  return `CASE ${cases.join(' ')} WHEN ${titleHas(part)} THEN ${TITLE} ELSE ${ANYWHERE} END`;
}

function afterClassed(position: Position | undefined, parameters: Parameters): string {
  if (position === undefined) return '';
  const [score, key, number] = [afterScore, afterKey, afterNumber].map((value) => value(position, parameters));
  return `WHERE score < ${score} OR (score = ${score} AND (key > ${key} OR (key = ${key} AND number < ${number})))`;
}

const afterScore = ({ values }: Position, parameters: Parameters): string =>
  parameters.once('after.score', values[0], 'integer');
const afterKey = ({ values }: Position, parameters: Parameters): string =>
  `${parameters.once('after.key', values[1], 'text')} COLLATE "C"`;
const afterNumber = ({ values }: Position, parameters: Parameters): string =>
  parameters.once('after.number', values[2], 'bigint');

/** The values of a cursor behind a row of relevance. */
export function keysOf({ reading }: Search, parameters: Parameters): string {
  return `ARRAY[${VALUES}, ${parameters.once('reading', reading, 'text')}]`;
}

function limitOf({ limit, offset }: Rows, parameters: Parameters): string {
  return `LIMIT ${parameters.once('limit', limit, 'integer')} OFFSET ${parameters.once('offset', offset, 'integer')}`;
}

/**
 * The classes one after another: PostgreSQL runs the parts of a UNION ALL in their order and stops when the page is
 * full, so that a frequent word costs no more than the page.
 */
export function tiersOfRelevance(part: Part): string {
  const { search, position, rows, parameters } = part;
  const from = position === undefined ? SKU : Number(position.values[0]);
  const parts: string[] = [];
  if (from >= SKU) parts.push(exactSku(part, from === SKU));
  if (hasPrefix(search)) {
    if (from >= SKU_START) parts.push(prefixed(part, SKU_START, 'sku_key', [notSku(part)], from));
    const notSkuStart = `NOT ${beginsWith('e.sku_key', search, parameters)}`;
    if (from >= NAME_START) parts.push(prefixed(part, NAME_START, 'name_key', [notSkuStart], from));
  }
  const better = betterThanTitle(part);
  if (from >= TITLE) parts.push(...worded(part, TITLE, [titleHas(part), ...better], from));
  const anywhere = `e.document @@ ${parameters.once('tsquery', search.tsquery, 'tsquery')}`;
  parts.push(...worded(part, ANYWHERE, [anywhere, `NOT (${titleHas(part)})`, ...better], from));
  return `SELECT product_id, number, score, key FROM (
  ${parts.map((text) => `(${text})`).join('\n  UNION ALL\n  ')}
) classed ${limitOf(rows, parameters)}`;
}

function notSku({ search, parameters }: Part): string {
  return `e.sku_key <> ${parameters.once('key', search.key, 'text')}`;
}

function betterThanTitle(part: Part): string[] {
  const { search, parameters } = part;
  if (!hasPrefix(search)) return [notSku(part)];
  return ['e.sku_key', 'e.name_key'].map((column) => `NOT ${beginsWith(column, search, parameters)}`);
}

/** All rows up to the end of the page may come from one class. */
function upToEnd({ rows, parameters }: Part): string {
  return `LIMIT ${parameters.once('upTo', rows.limit + rows.offset, 'integer')}`;
}

const classed = (score: number, key: string): string => `SELECT product_id, number, ${score} AS score, ${key} AS key`;

function exactSku(part: Part, begun: boolean): string {
  const { filter, search, position, parameters } = part;
  const all = [`e.sku_key = ${parameters.once('key', search.key, 'text')}`, ...besideWords(filter, parameters)];
  if (begun && position !== undefined) all.push(`e.number < ${afterNumber(position, parameters)}`);
  return `${classed(SKU, `''`)} FROM catalogue_entries e ${where(all)} ORDER BY e.number DESC ${upToEnd(part)}`;
}

function prefixed(
  part: Part,
  score: number,
  column: 'sku_key' | 'name_key',
  others: readonly string[],
  from: number,
): string {
  const { filter, search, position, parameters } = part;
  const all = [beginsWith(`e.${column}`, search, parameters), ...others, ...besideWords(filter, parameters)];
  if (from === score && position !== undefined) {
    const [key, number] = [afterKey(position, parameters), afterNumber(position, parameters)];
    all.push(`e.${column} >= ${key} AND (e.${column} > ${key} OR e.number < ${number})`);
  }
  const by = `ORDER BY e.${column}, e.number DESC`;
  return `${classed(score, column)} FROM catalogue_entries e ${where(all)} ${by} ${upToEnd(part)}`;
}

/**
 * The newest that have the words. The index of words knows no order, and tells all products of a word or none. So the
 * newest products are looked through where words are frequent; where they are not, the index is asked together with the
 * newest numbers, of which there are ever more where it is not known how many it takes. What there is beyond is gathered,
 * and all at once where they are few.
 */
function worded(part: Part, score: number, matching: readonly string[], from: number): string[] {
  const { filter, position, parameters, abundance } = part;
  const newest =
    from === score && position !== undefined
      ? `${afterNumber(position, parameters)} - 1`
      : '(SELECT max(number) FROM catalogue_entries)';
  const all = [...matching, ...besideWords(filter, parameters)];
  const between = (newer: number, older: number): string[] => [
    `e.number <= ${newest} - ${newer}`,
    `e.number > ${newest} - ${older}`,
  ];
  // The sum hides the number from its index: these are too many to be asked for by it.
  const beyond = (newer: number): string =>
    gathered(score, [...all, `e.number + 0 <= ${newest} - ${newer}`], upToEnd(part));
  const block = (newer: number, older: number): string =>
    gathered(score, [...all, ...between(newer, older)], upToEnd(part));
  switch (score === TITLE ? abundance.title : abundance.anywhere) {
    case 'few':
      return [beyond(0)];
    case 'some':
      return [block(0, NEAR), beyond(NEAR)];
    case 'frequent':
      return [lookedThrough(score, all, between(0, NEAR), upToEnd(part)), beyond(NEAR)];
    case 'unknown':
      return [...BLOCKS.slice(1).map((older, index) => block(BLOCKS[index] ?? 0, older)), beyond(NEAR)];
  }
}

function lookedThrough(score: number, matching: readonly string[], near: readonly string[], limit: string): string {
  return `${classed(score, `''`)} FROM (
    SELECT ${COLUMNS} FROM catalogue_entries e ${where(near)} ORDER BY e.number DESC OFFSET 0
  ) e ${where(matching)} ${limit}`;
}

function gathered(score: number, matching: readonly string[], limit: string): string {
  return `WITH gathered AS MATERIALIZED (SELECT ${COLUMNS} FROM catalogue_entries e ${where(matching)})
    ${classed(score, `''`)} FROM gathered ORDER BY number DESC ${limit}`;
}
