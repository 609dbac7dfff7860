/** A step of a state machine: by whose act one status becomes another one, on which conditions and with what effects. */
export interface Step<
  Status extends string = string,
  Act extends string = string,
  Guard extends string = string,
  Effect extends string = string,
> {
  readonly on: Act;
  /** Who may, in words for the documentation. */
  readonly by: string;
  /** null where it begins. */
  readonly from: Status | null;
  readonly to: Status;
  readonly guards: readonly Guard[];
  readonly effects: readonly Effect[];
}

/** The step that an act takes from a status; undefined where it takes none. */
export function stepFrom<S extends Step>(steps: readonly S[], from: S['from'], on: S['on']): S | undefined {
  return steps.find((step) => step.from === from && step.on === on);
}

/** Whether any act makes one status of another. */
export function leadsTo(steps: readonly Step[], from: string | null, to: string): boolean {
  return steps.some((step) => step.from === from && step.to === to);
}

/** The state machine as a Mermaid diagram; acts between the same two statuses share an arrow. */
export function toMermaid(steps: readonly Step[]): string {
  const arrows = new Map<string, string[]>();
  for (const { from, to, on } of steps) {
    const arrow = `${from ?? '[*]'} --> ${to}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), on]);
  }
  const left = new Set(steps.filter(({ from, to }) => from !== to).map(({ from }) => from));
  const ends = [...new Set(steps.map(({ to }) => to))].filter((status) => !left.has(status));
  const lines = [...arrows].map(([arrow, acts]) => `  ${arrow}: ${acts.map(words).join(', ')}`);
  return ['stateDiagram-v2', ...lines, ...ends.map((end) => `  ${end} --> [*]`)].join('\n');
}

/** The same as a table in Markdown. */
export function toTable(steps: readonly Step[]): string {
  const list = (names: readonly string[]): string => names.map(words).join(', ') || '–';
  const rows = steps.map(
    ({ on, by, from, to, guards, effects }) =>
      `| ${words(on)} | ${by} | ${from ?? '–'} | ${to} | ${list(guards)} | ${list(effects)} |`,
  );
  return ['| act | by | from | to | only if | and then |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

const words = (name: string): string => name.replaceAll('_', ' ');
