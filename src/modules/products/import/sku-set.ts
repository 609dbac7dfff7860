import { hash } from 'node:crypto';

/** Words of a slot: 96 bits of the digest, and the line, which is never 0. */
const SLOT = 4;
const FIRST_SLOTS = 64;
/** While a table grows, it is in memory twice: one of so many at a time, and by a quarter. */
const TABLES = 64;
const GROWTH = 1.25;
const FULL = 0.8;

/**
 * The SKUs of a file and the line that each first stands on, in some 20 to 25 bytes each, however long they are. They
 * are known by 96 bits of their SHA-256: among two million, two that differ are taken for one once in 10^16 files.
 */
export class SkuSet {
  private readonly tables = Array.from({ length: TABLES }, () => new Table());

  /** Notes a SKU; gives the line where it stands already, if it does. */
  add(sku: string, line: number): number | undefined {
    const digest = hash('sha256', sku, 'buffer');
    const [a, b, c] = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)];
    return this.tables[c % TABLES]?.add(a, b, c, line);
  }
}

/** Digests and lines, in slots that are looked through from where a digest would best stand. */
class Table {
  private words = new Uint32Array(FIRST_SLOTS * SLOT);
  private used = 0;

  add(a: number, b: number, c: number, line: number): number | undefined {
    const at = this.find(this.words, a, b, c);
    const known = this.words[at + 3];
    if (known !== undefined && known !== 0) return known;
    put(this.words, at, a, b, c, line);
    this.used += 1;
    if (this.used * SLOT > this.words.length * FULL) this.grow();
    return undefined;
  }

  /** Where a digest stands, or the free slot where it belongs. */
  private find(words: Uint32Array, a: number, b: number, c: number): number {
    const slots = words.length / SLOT;
    let slot = a % slots;
    for (;;) {
      const at = slot * SLOT;
      if (words[at + 3] === 0) return at;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c) return at;
      slot = slot + 1 === slots ? 0 : slot + 1;
    }
  }

  private grow(): void {
    const { words } = this;
    const larger = new Uint32Array(Math.ceil((words.length / SLOT) * GROWTH) * SLOT);
    for (let at = 0; at < words.length; at += SLOT) {
      const [a, b, c, line] = [words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, words[at + 3] ?? 0];
      if (line !== 0) put(larger, this.find(larger, a, b, c), a, b, c, line);
    }
    this.words = larger;
  }
}

function put(words: Uint32Array, at: number, a: number, b: number, c: number, line: number): void {
  words[at] = a;
  words[at + 1] = b;
  words[at + 2] = c;
  words[at + 3] = line;
}
