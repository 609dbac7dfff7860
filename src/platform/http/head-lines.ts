import { IncomingMessage, ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';
import { Socket } from 'node:net';

/** What Node keeps of a head between writing and sending it; not part of its documented interface. */
interface WrittenHead {
  _header?: unknown;
}

const END = '\r\n';

/** Whether this Node keeps a written head as text that can be added to. */
const ADDS = ((): boolean => {
  const probe = new ServerResponse(new IncomingMessage(new Socket()));
  const { _header: head } = probe.writeHead(200, []) as WrittenHead;
  return typeof head === 'string' && head.endsWith(END + END);
})();

/**
 * Fields as they stand in a head, each with the end of its line.
 * @param fields names and values by turns
 * @throws {TypeError} where one may not stand there
 */
export function headLines(fields: readonly string[]): string {
  let lines = '';
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [name = '', value = ''] = fields.slice(at, at + 2);
    validateHeaderName(name);
    validateHeaderValue(name, value);
    lines += `${name}: ${value}${END}`;
  }
  return lines;
}

/**
 * Writes a head of which most is finished text. Node checks and joins each field of each head anew: with the twenty that
 * an answer has here, that is a quarter of what a small answer costs. So it is given those fields alone that it has to
 * know of; what it makes of them, the status and the state of the connection stays, and the lines are put after it.
 * @param lines of {@link headLines}; nothing is checked any more
 */
export function writeHead(response: ServerResponse, status: number, fields: string[], lines: string): void {
  if (!ADDS) {
    response.writeHead(status, [...fields, ...fieldsOf(lines)]);
    return;
  }
  response.writeHead(status, fields);
  const written = response as WrittenHead;
  written._header = `${String(written._header).slice(0, -END.length)}${lines}${END}`;
}

function fieldsOf(lines: string): string[] {
  const each = lines.split(END).slice(0, -1);
  return each.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
}
