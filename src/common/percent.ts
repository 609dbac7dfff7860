/** 100 % in millionths. */
const WHOLE = 1_000_000;

/** Per cent as millionths; undefined where it is not 0 to 100 with at most 4 decimal digits. */
export function parsePercent(given: string | number): number | undefined {
  const [, whole = '', fraction = ''] = /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(String(given)) ?? [];
  const rate = Number(`${whole}${fraction.padEnd(4, '0')}`);
  return whole !== '' && rate <= WHOLE ? rate : undefined;
}

/** Millionths as per cent, as it is written: 88,750 are `8.875`. */
export function formatPercent(rate: bigint | number): string {
  const millionths = BigInt(rate);
  const fraction = (millionths % 10_000n).toString().padStart(4, '0').replace(/0+$/, '');
  return fraction === '' ? String(millionths / 10_000n) : `${millionths / 10_000n}.${fraction}`;
}
