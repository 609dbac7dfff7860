import { setFlagsFromString } from 'node:v8';

/**
 * How much the heap may grow over what was alive at the last collection before it is collected again. V8 itself lets it
 * become up to four times as large while there is work that leaves garbage behind; that is memory which nobody needs.
 * What it may grow to before there was a collection, the command line says: `--initial-old-space-size`.
 */
const GROWTH_PERCENT = 100;
/** While a long file is read or written. For a server that sells, collecting so often takes 5 % of the processor. */
const FRUGAL_GROWTH_PERCENT = 30;

let frugal = 0;

/** Has V8 keep the heap of this process within bounds from now on. */
export function limitHeapGrowth(): void {
  const percent = frugal > 0 ? FRUGAL_GROWTH_PERCENT : GROWTH_PERCENT;
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}

/** Keeps the heap of this process small until the work is done, which goes through more than it keeps. */
export async function frugally<T>(work: () => Promise<T>): Promise<T> {
  frugal += 1;
  limitHeapGrowth();
  try {
    return await work();
  } finally {
    frugal -= 1;
    limitHeapGrowth();
  }
}
