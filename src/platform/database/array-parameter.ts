/**
 * A list as PostgreSQL reads arrays in text. The driver does the same by adding one small string to another, which for
 * lists of thousands costs more than all else that is done with them; what is rare in lists is left to it.
 */
export function arrayParameter(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const parts = new Array<string>(value.length);
  for (let index = 0; index < value.length; index += 1) {
    const part = elementOf(value[index]);
    if (part === undefined) return value;
    parts[index] = part;
  }
  return `{${parts.join(',')}}`;
}

function elementOf(element: unknown): string | undefined {
  if (element === null || element === undefined) return 'NULL';
  switch (typeof element) {
    case 'string':
      return /["\\]/.test(element) ? `"${element.replace(/["\\]/g, '\\$&')}"` : `"${element}"`;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(element);
    default:
      return element instanceof Date ? element.toISOString() : undefined;
  }
}
