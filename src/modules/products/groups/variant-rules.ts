import { InvalidInput } from '../../../common/domain-error.js';

/** Values by the names of what they are of, such as `{ colour: 'blue', size: 'M' }`. */
export type Options = Readonly<Record<string, string>>;

/** Limits of options; the index that keeps combinations apart holds all of them in one entry. */
export const OPTIONS_MAX = 5;
export const OPTION_NAME_MAX = 40;
export const OPTION_VALUE_MAX = 60;
/** A group's page lists all of its members. */
export const MEMBERS_MAX = 200;

/** What a product says of the group that it is in. */
export interface Membership {
  readonly groupId: string | null;
  readonly optionNames: readonly string[] | null;
  readonly options: Options;
}

export const NO_MEMBERSHIP: Membership = { groupId: null, optionNames: null, options: {} };

const isWord = (text: unknown, max: number): boolean =>
  typeof text === 'string' && text.length > 0 && text.length <= max && text.trim() === text;

/** Whether a text can name an option. */
export function isOptionName(text: string): boolean {
  return isWord(text, OPTION_NAME_MAX);
}

/** Names of options as they are kept: in one order, so that they can be compared. */
export function inOrder(names: readonly string[]): readonly string[] {
  return [...names].sort();
}

/**
 * A product in a group with its options.
 * @param optionNames what the group's members differ in; null where this is the first one
 * @throws {InvalidInput} naming options, where they are not those of the group
 */
export function membershipOf(groupId: string, optionNames: readonly string[] | null, options: Options): Membership {
  const given = inOrder(Object.keys(options));
  const wanted = optionNames ?? given;
  const problem =
    given.length === 0 || given.length > OPTIONS_MAX
      ? `must name 1 to ${OPTIONS_MAX} options`
      : given.join('\n') === wanted.join('\n')
        ? valuesProblem(options)
        : `must name what the members of the group differ in: ${wanted.join(', ')}`;
  if (problem !== undefined) throw InvalidInput.field('options', problem);
  return { groupId, optionNames: wanted, options };
}

function valuesProblem(options: Options): string | undefined {
  const fit = Object.entries(options).every(([name, value]) => isOptionName(name) && isWord(value, OPTION_VALUE_MAX));
  return fit
    ? undefined
    : `must have names of 1 to ${OPTION_NAME_MAX} and values of 1 to ${OPTION_VALUE_MAX} characters, without white space around them`;
}
