/** What an entry tells of a thing: fields by name. */
export type Facts = Readonly<Record<string, unknown>>;

/** Whatever a caller hands over, fields with such a name are never written down. */
const SECRET = /password|secret|token|hash|^key$/i;

export interface Change {
  readonly before: Facts | null;
  readonly after: Facts | null;
}

/** Of two states of a thing the fields that differ; of one state alone, all of them. Secrets are left out. */
export function changeOf(before: Facts | undefined, after: Facts | undefined): Change {
  const differs = (name: string): boolean =>
    before === undefined || after === undefined || JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  const pick = (facts: Facts | undefined): Facts | null => {
    if (facts === undefined) return null;
    return Object.fromEntries(Object.entries(facts).filter(([name]) => !SECRET.test(name) && differs(name)));
  };
  return { before: pick(before), after: pick(after) };
}
