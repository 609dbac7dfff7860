import { UnreadableFile } from '../../../platform/files/unreadable-file.js';

/** A tree as a file tells it: where each category stands, and what could not be made sense of. */
export interface CategoryTreeFile {
  /** Names from the top down, each path once, a category before those below it. */
  readonly paths: readonly (readonly string[])[];
  readonly entries: number;
  /** Entries that stand on the path of another: one category is made of them. */
  readonly merged: readonly string[];
  /** Entries that cannot be read, and why. */
  readonly refused: readonly { readonly entry: string; readonly reason: string }[];
  /** Above an entry by its path, but no entry themselves: made by the name that the path gives. */
  readonly named: readonly string[];
  /** Named as children of an entry, but no entry themselves: not made. */
  readonly absent: readonly { readonly id: string; readonly name: string; readonly parent: string }[];
  /** Named as children of an entry, while their own path leads elsewhere: the path counts. */
  readonly elsewhere: readonly string[];
}

interface Reference {
  readonly id: string;
  readonly name: string;
}

interface Entry extends Reference {
  readonly path: readonly Reference[];
  readonly children: readonly Reference[];
}

const NAME_MAX = 120;
const DEEPEST = 20;

/**
 * Reads a tree of categories from JSON: an array, or an object a line. An entry has `id` and `name` and, as it likes,
 * `path` (from the top down to itself), `parentId`, and `subCategories`.
 * @throws {UnreadableFile} where it is not that
 */
export function readCategoryTree(text: string): CategoryTreeFile {
  const refused: { entry: string; reason: string }[] = [];
  const entries = new Map<string, Entry>();
  const raw = objectsOf(text);
  for (const [index, value] of raw.entries()) {
    const read = entryOf(value);
    if (typeof read === 'string') refused.push({ entry: idOf(value) ?? `entry ${index + 1}`, reason: read });
    else if (entries.has(read.id)) refused.push({ entry: read.id, reason: 'is there twice' });
    else entries.set(read.id, read);
  }
  return { entries: raw.length, ...place(entries, refused), ...children(entries), refused };
}

function objectsOf(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(
      text.trimStart().startsWith('[') ? text : `[${text.trim().split('\n').join(',')}]`,
    );
    if (Array.isArray(value) && value.length > 0) return value;
  } catch {
    throw new UnreadableFile(0, 'The file is neither a JSON array nor a JSON object a line');
  }
  throw new UnreadableFile(0, 'The file is empty');
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function idOf(value: unknown): string | undefined {
  const id = isObject(value) ? value.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}

function referenceOf(value: unknown): Reference | undefined {
  const id = idOf(value);
  const name = isObject(value) && typeof value.name === 'string' ? value.name.trim() : '';
  return id === undefined || name === '' || name.length > NAME_MAX ? undefined : { id, name };
}

function referencesOf(value: unknown): Reference[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const references = value.map(referenceOf);
  return references.every((reference) => reference !== undefined) ? references : undefined;
}

/** An entry, or what is wrong with it. */
function entryOf(value: unknown): Entry | string {
  const self = referenceOf(value);
  if (self === undefined || !isObject(value)) return `has no id, or no name of 1 to ${NAME_MAX} characters`;
  const children = Array.isArray(value.subCategories)
    ? value.subCategories.flatMap((child) => referenceOf(child) ?? [])
    : [];
  const above = referencesOf(value.path);
  if (above === undefined || above.length > DEEPEST) return 'has a path that is no list of categories with id and name';
  const parent = idOf({ id: value.parentId });
  if (above.length === 0 && parent !== undefined) return { ...self, path: [{ id: parent, name: '' }, self], children };
  return { ...self, path: above.at(-1)?.id === self.id ? above : [...above, self], children };
}

/** Where every entry stands; a parent that is told by its id alone has to be an entry. */
function place(entries: ReadonlyMap<string, Entry>, refused: { entry: string; reason: string }[]) {
  const paths = new Map<string, readonly string[]>();
  const merged: string[] = [];
  const named = new Set<string>();
  for (const entry of entries.values()) {
    const line = lineTo(entry, entries);
    if (typeof line === 'string') {
      refused.push({ entry: entry.id, reason: line });
      continue;
    }
    for (const { id } of line) if (!entries.has(id)) named.add(id);
    const names = line.map(({ name }) => name);
    const key = JSON.stringify(names.map((name) => name.toLowerCase()));
    if (paths.has(key)) merged.push(entry.id);
    else paths.set(key, names);
  }
  const inOrder = [...paths.values()].sort((one, other) => one.length - other.length);
  return { paths: inOrder, merged, named: [...named] };
}

function lineTo(entry: Entry, entries: ReadonlyMap<string, Entry>): readonly Reference[] | string {
  let line = entry.path;
  for (let top = line[0]; top?.name === ''; top = line[0]) {
    const parent = entries.get(top.id);
    if (parent === undefined) return `lies below ${top.id}, which is no entry`;
    line = [...parent.path, ...line.slice(1)];
    if (line.length > DEEPEST) return 'lies below itself, or too deep';
  }
  return line;
}

/** What entries say of those below them. */
function children(entries: ReadonlyMap<string, Entry>) {
  const absent = new Map<string, { id: string; name: string; parent: string }>();
  const elsewhere = new Set<string>();
  for (const entry of entries.values()) {
    for (const { id, name } of entry.children) {
      const child = entries.get(id);
      if (child === undefined) absent.set(id, { id, name, parent: entry.id });
      else if (child.path.at(-2)?.id !== entry.id) elsewhere.add(id);
    }
  }
  return { absent: [...absent.values()], elsewhere: [...elsewhere] };
}
