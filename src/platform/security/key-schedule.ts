/** A key and when its file was made. */
export interface DatedKey {
  readonly name: string;
  readonly addedAt: Date;
}

export interface KeyTimes {
  /** Seconds for which a key is published before it signs. */
  readonly publishSeconds: number;
  /** Seconds that an access token lives. */
  readonly tokenSeconds: number;
}

export interface KeySchedule<K> {
  readonly signing: K;
  /** Keys that tokens are verified with, the signing one among them, oldest first. */
  readonly published: readonly K[];
  /** Keys whose last token has expired. */
  readonly retired: readonly K[];
  /** Keys that are published and will sign later, with the moment from which they do. */
  readonly upcoming: readonly { readonly key: K; readonly signsFrom: Date }[];
}

/**
 * Seconds that every change of keys allows for the clocks of replicas to differ, and for their looks at the folder to
 * lie apart: a verifier's copy of the key set is older by at most so much than its `max-age` says.
 */
export const KEY_MARGIN_SECONDS = 60;

/** Seconds for which a verifier may keep the key set: a key that is new in it signs after every copy has run out. */
export function keySetSeconds(publishSeconds: number): number {
  return Math.max(0, publishSeconds - KEY_MARGIN_SECONDS);
}

/**
 * Which of some keys signs at a moment, and which are published. A new key signs when it has been published for long
 * enough; the one before it stays published until the last token that it signed has expired. The first key has nothing
 * to wait for.
 * @throws {RangeError} where there is no key
 */
export function scheduleKeys<K extends DatedKey>(keys: readonly K[], now: Date, times: KeyTimes): KeySchedule<K> {
  const sorted = [...keys].sort(byAge);
  const signsFrom = (index: number): number =>
    index === 0 ? Number.NEGATIVE_INFINITY : at(sorted, index).addedAt.getTime() + times.publishSeconds * 1_000;
  const indexes = sorted.map((_, index) => index);
  const signing = indexes.findLast((index) => signsFrom(index) <= now.getTime());
  if (signing === undefined) throw new RangeError('There is no key to sign with.');
  const outlived = (times.tokenSeconds + KEY_MARGIN_SECONDS) * 1_000;
  const isRetired = (index: number): boolean => index < signing && signsFrom(index + 1) + outlived <= now.getTime();
  return {
    signing: at(sorted, signing),
    published: sorted.filter((_, index) => !isRetired(index)),
    retired: sorted.filter((_, index) => isRetired(index)),
    upcoming: indexes
      .slice(signing + 1)
      .map((index) => ({ key: at(sorted, index), signsFrom: new Date(signsFrom(index)) })),
  };
}

/** By time, then by name, so that every replica has the same order. */
function byAge(a: DatedKey, b: DatedKey): number {
  return a.addedAt.getTime() - b.addedAt.getTime() || (a.name < b.name ? -1 : Number(a.name > b.name));
}

function at<K>(keys: readonly K[], index: number): K {
  const key = keys[index];
  if (key === undefined) throw new RangeError(`There is no key ${index}.`);
  return key;
}
