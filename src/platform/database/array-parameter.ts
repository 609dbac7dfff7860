/**
 * A list as PostgreSQL reads arrays in text. The driver does the same by adding one small string to another, which for
 * lists of thousands costs more than all else that is done with them; what is rare in lists is left to it.
 */
export function arrayParameter(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const texts = value.every(isText) ? textsOf(value) : undefined;
  if (texts !== undefined) return texts;
  const parts = new Array<string>(value.length);
  for (let index = 0; index < value.length; index += 1) {
    const part = elementOf(value[index]);
    if (part === undefined) return value;
    parts[index] = part;
  }
  return `{${parts.join(',')}}`;
}

const isText = (element: unknown): boolean => typeof element === 'string' || element === null;

/**
 * Texts by way of JSON, which the engine writes by the thousand in no time: both put a backslash before quotes and
 * backslashes.
 * @returns undefined where JSON writes anything else otherwise, such as a line feed
 */
function textsOf(texts: readonly unknown[]): string | undefined {
  const json = JSON.stringify(texts);
  return /\\[^"\\]/.test(json) ? undefined : `{${json.slice(1, -1)}}`;
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
