/** An SQL text that PostgreSQL prepares once a connection, under a name of its own. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Declares a statement. The name is the room and the intent, for example `carts.lines`; it must be unique. */
export function statement(name: string, text: string): Statement {
  return { name, text };
}
