import { getMetadataStorage, IsInt, ValidateNested } from 'class-validator';
import { createValidationPipe } from './validation.js';

class Inner {
  @IsInt()
  count!: number;
}

class Outer {
  @ValidateNested()
  inner!: Inner;
}

const storage = getMetadataStorage();
const rulesOf = (target: typeof Inner | typeof Outer, schema?: string) =>
  storage.getTargetValidationMetadatas(target, schema as string, false, false);

test('the rules of a class are looked for once, also where it stands within another', () => {
  createValidationPipe();
  expect(rulesOf(Outer)).toBe(rulesOf(Outer));
  expect(rulesOf(Inner, 'Outer')).toBe(rulesOf(Inner, 'Outer'));
  expect(rulesOf(Inner, 'Outer').map(({ propertyName }) => propertyName)).toEqual(['count']);
  expect(storage.groupByPropertyName(rulesOf(Inner, 'Outer'))).toBe(
    storage.groupByPropertyName(rulesOf(Inner, 'Outer')),
  );
});

test('rules for groups are not taken for the others', () => {
  expect(storage.getTargetValidationMetadatas(Inner, '', false, true, ['staff'])).toEqual([]);
  expect(rulesOf(Inner)).toHaveLength(1);
});
