/** Deepest path of categories that is read. */
const DEEPEST = 20;
const NAME_MAX = 120;

/** Where a product belongs: names from the top of the tree down, and the slugs of the same categories. */
export interface CategoryReference {
  readonly names: readonly string[];
  readonly slugs?: readonly string[] | undefined;
  /** A single name stands at the top of the tree, and is no slug of one that may be anywhere. */
  readonly rooted?: boolean;
}

/**
 * Reads `Home > Kitchen`; a `>` or backslash of a name itself stands behind a backslash.
 * @returns undefined where a name is empty or too long, or the path too deep
 */
export function parsePath(text: string): readonly string[] | undefined {
  const names: string[] = [];
  let name = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === '\\' && (next === '>' || next === '\\')) {
      name += next;
      at += 1;
    } else if (char === '>') {
      names.push(name.trim());
      name = '';
    } else name += char;
  }
  names.push(name.trim());
  const fits = names.length <= DEEPEST && names.every((part) => part !== '' && part.length <= NAME_MAX);
  return fits ? names : undefined;
}

/** What {@link parsePath} reads back. */
export function formatPath(names: readonly string[]): string {
  return names.map((name) => name.replace(/[\\>]/g, '\\$&')).join(' > ');
}

/** Tells references apart. */
export function keyOf({ names, slugs, rooted = false }: CategoryReference): string {
  return JSON.stringify(slugs === undefined && !rooted ? names : [names, slugs, rooted]);
}
