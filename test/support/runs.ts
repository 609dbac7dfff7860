/**
 * How many runs a property is given: few in every run of the tests, since each time they are other ones, and
 * `PROPERTY_RUNS` times as many where somebody wants to be surer.
 */
export function runs(usual: number): number {
  return usual * Number(process.env.PROPERTY_RUNS ?? 1);
}
