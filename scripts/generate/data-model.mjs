/** @typedef {{ name: string, type: string, nullable: boolean, fallback: string | null }} ColumnRow */
/** @typedef {{ name: string, kind: string, definition: string, columns: string[], target: string | null }} ConstraintRow */
/** @typedef {{ name: string, columns: ColumnRow[], constraints: ConstraintRow[], indexes: string[],
 *   triggers: string[] }} Table */

const HEAD = `# The data model

Read from the schema that the migrations make; made by \`make generate\`, so do not edit it here.
`;

const TABLES = `
  SELECT c.relname AS name,
    (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
        'nullable', NOT a.attnotnull, 'fallback', pg_get_expr(d.adbin, d.adrelid)) ORDER BY a.attnum)
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    (SELECT coalesce(json_agg(json_build_object('name', k.conname, 'kind', k.contype,
        'definition', pg_get_constraintdef(k.oid, true), 'target', t.relname,
        'columns', (SELECT json_agg(a.attname ORDER BY u.at) FROM unnest(k.conkey) WITH ORDINALITY u(num, at)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num))
        ORDER BY array_position(ARRAY['p', 'u', 'f', 'c'], k.contype::text), k.conname), '[]')
      FROM pg_constraint k LEFT JOIN pg_class t ON t.oid = k.confrelid
      WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f', 'c')) AS constraints,
    (SELECT coalesce(json_agg(pg_get_indexdef(i.indexrelid) ORDER BY i.indexrelid::regclass::text COLLATE "C"), '[]')
      FROM pg_index i WHERE i.indrelid = c.oid
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = c.oid)) AS indexes,
    (SELECT coalesce(json_agg(pg_get_triggerdef(g.oid) ORDER BY g.tgname), '[]')
      FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal) AS triggers
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname <> 'migrations'
  ORDER BY c.relname`;

/** Names that are short enough for a diagram. */
const TYPES = new Map([
  ['timestamp with time zone', 'timestamptz'],
  ['timestamp without time zone', 'timestamp'],
  ['character varying', 'varchar'],
  ['double precision', 'float8'],
]);

/**
 * @param {import('typeorm').DataSource} dataSource
 * @returns {Promise<string>} the tables as a diagram, and each with its columns and what guards it
 */
export async function dataModel(dataSource) {
  /** @type {Table[]} */
  const tables = await dataSource.query(TABLES);
  return `${HEAD}\n${diagram(tables)}\n${tables.map(section).join('\n')}`;
}

/** @param {Table[]} tables */
function diagram(tables) {
  const relations = tables.flatMap((table) =>
    table.constraints.filter(({ kind }) => kind === 'f').map((key) => relation(table, key)),
  );
  return `\`\`\`mermaid\nerDiagram\n${[...relations, ...tables.map(entity)].join('\n')}\n\`\`\`\n`;
}

/** @type {(table: Table, key: ConstraintRow) => string} */
function relation(table, { columns, target }) {
  const optional = table.columns.some(({ name, nullable }) => columns.includes(name) && nullable);
  const single = table.constraints.some(({ kind, columns: unique }) => 'pu'.includes(kind) && equal(unique, columns));
  return `  ${target} ${optional ? '|o' : '||'}--${single ? 'o|' : 'o{'} ${table.name} : "${columns.join(', ')}"`;
}

/** @param {Table} table */
function entity(table) {
  const lines = table.columns.map((column) => {
    const keys = keysOf(table, column.name);
    return `    ${shortType(column).replaceAll(/[ ,]/g, '_')} ${column.name}${keys === '' ? '' : ` ${keys}`}`;
  });
  return `  ${table.name} {\n${lines.join('\n')}\n  }`;
}

/** @type {(table: Table, column: string) => string} */
function keysOf({ constraints }, column) {
  const own = constraints.filter(({ columns }) => columns?.includes(column));
  const keys = [];
  if (own.some(({ kind }) => kind === 'p')) keys.push('PK');
  if (own.some(({ kind }) => kind === 'f')) keys.push('FK');
  if (own.some(({ kind, columns }) => kind === 'u' && columns.length === 1)) keys.push('UK');
  return keys.join(', ');
}

/** @param {ColumnRow} column */
function shortType({ type }) {
  for (const [long, short] of TYPES) if (type.startsWith(long)) return type.replace(long, short);
  return type.replace(/^character\(/, 'char(');
}

/** @param {Table} table */
function section(table) {
  const columns = table.columns.map((column) => {
    const fallback = column.fallback === null ? '' : `\`${cell(column.fallback)}\``;
    return `| \`${column.name}\` | ${shortType(column)} | ${column.nullable ? 'yes' : ''} | ${fallback} |`;
  });
  const constraints = table.constraints.map(({ name, definition }) => `- \`${name}\`: \`${definition}\``);
  const others = [...table.indexes, ...table.triggers].map((definition) => `- \`${tidy(definition)}\``);
  return `## ${table.name}

| Column | Type | May be null | Default |
| --- | --- | --- | --- |
${columns.join('\n')}

${[...constraints, ...others].join('\n')}
`;
}

function tidy(/** @type {string} */ definition) {
  return definition.replaceAll('public.', '').replace(' USING btree', '');
}

function cell(/** @type {string} */ text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** @type {(a: readonly string[], b: readonly string[]) => boolean} */
function equal(a, b) {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
