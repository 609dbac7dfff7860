import { setImmediate as turn } from 'node:timers/promises';
import { CsvError, type Parser, parse } from 'csv-parse';
import { MAX_LINE_BYTES, textBlocks } from './text-blocks.js';
import { UnreadableFile } from './unreadable-file.js';

/** What the parser is given at once: all its records are made before the first is read, and rows of a wrong width are dear. */
const PIECE_BYTES = 8_192;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

interface CsvRecord {
  readonly record: readonly string[];
  /** Its text, with the first character of the line break behind it. */
  readonly raw: string;
}

/** A record and where it stands. */
export interface PlacedRecord extends CsvRecord {
  /** The line that it starts on. */
  readonly line: number;
  /** Whether a line break ended it. */
  readonly ended: boolean;
}

/** Feeds a parser by hand: when its source fails, a stream that it is piped into loses what it had parsed before. */
export class CsvReader {
  private readonly parser: Parser = parse({ raw: true, relax_column_count: true, max_record_size: MAX_LINE_BYTES });
  private line = 1;
  private failure: Error | undefined;

  /**
   * Records as they were parsed, about a hundred at once: asking for each by itself costs as much as parsing it. What
   * else waits in the process gets its turn between them, such as the answers of a database.
   */
  async *pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<readonly PlacedRecord[]> {
    this.parser.on('error', (error) => {
      this.failure ??= error;
    });
    let broken: UnreadableFile | undefined;
    try {
      for await (const { bytes } of textBlocks(source)) {
        for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
          this.parser.write(bytes.subarray(at, at + PIECE_BYTES));
          yield this.drain();
          if (this.parser.errored !== null) throw this.explain(this.parser.errored);
          await turn();
        }
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile) || this.parser.errored !== null) throw error;
      broken = error;
    }
    // The parser holds the last record back until it knows what follows.
    await this.end();
    yield this.drain();
    if (broken !== undefined) throw broken;
    if (this.failure !== undefined) throw this.explain(this.failure);
  }

  private drain(): PlacedRecord[] {
    const records: PlacedRecord[] = [];
    for (let next = this.parser.read(); next !== null; next = this.parser.read()) {
      const { record, raw } = next as CsvRecord;
      const { line } = this;
      const last = raw.charCodeAt(raw.length - 1);
      const ended = last === LINE_FEED || last === CARRIAGE_RETURN;
      this.line += linesOf(raw);
      records.push({ record, raw, line, ended });
    }
    return records;
  }

  private end(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => resolve();
      this.parser.once('readable', done).once('end', done).once('error', done).end();
    });
  }

  private explain(error: Error): UnreadableFile {
    if (!(error instanceof CsvError)) throw error;
    const messages: Partial<Record<string, string>> = {
      CSV_QUOTE_NOT_CLOSED: 'The file ends inside quotes that were opened here',
      CSV_MAX_RECORD_SIZE: `A record is longer than ${MAX_LINE_BYTES} bytes; a closing quote may be missing`,
    };
    const stray = 'A quote stands where none may; quotes inside a quoted field are doubled';
    return new UnreadableFile(this.line, messages[error.code] ?? stray);
  }
}

/** Lines that a record takes, whether or not the last has its end. */
function linesOf(raw: string): number {
  let count = 1;
  for (let at = raw.indexOf('\n'); at >= 0 && at < raw.length - 1; at = raw.indexOf('\n', at + 1)) count += 1;
  return count;
}
