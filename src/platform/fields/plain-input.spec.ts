import { Transform } from 'class-transformer';
import { IsPositive, ValidateIf } from 'class-validator';
import { IntField, IntQuery, ObjectListField, TextField } from './fields.js';
import { readPlainly } from './plain-input.js';
import { rule } from './text-rules.js';

class Piece {
  @IntField({ min: 1, max: 9 })
  count!: number;
}

class Box {
  @TextField({ max: 5 })
  name!: string;

  @TextField({ optional: true, nullable: true })
  note?: string | null;

  @ObjectListField(() => Piece, { optional: true, min: 1, max: 2 })
  pieces?: Piece[];

  @IntQuery({ min: 1, max: 100 })
  page = 1;
}

const box = (values: object): object => Object.assign(new Box(), values);
const piece = (count: number): Piece => Object.assign(new Piece(), { count });

test.each<[object, object]>([
  [{ name: ' red ' }, box({ name: 'red' })],
  [{ name: 'red', note: null, page: '7' }, box({ name: 'red', note: null, page: 7 })],
  [{ name: 'red', pieces: [{ count: 1 }, { count: 9 }] }, box({ name: 'red', pieces: [piece(1), piece(9)] })],
  [Object.assign(Object.create(null), { name: 'red' }), box({ name: 'red' })],
])('%j is read', (given, expected) => {
  expect(readPlainly(Box, given)).toStrictEqual(expected);
});

test.each<[unknown]>([
  [undefined],
  [null],
  ['red'],
  [[]],
  [new Box()],
  [{}],
  [{ name: null }],
  [{ name: 'too long' }],
  [{ name: 'red', more: 1 }],
  [JSON.parse('{"name":"red","__proto__":{}}')],
  [{ name: 'red', page: '0' }],
  [{ name: 'red', note: ['x'] }],
  [{ name: 'red', pieces: [] }],
  [{ name: 'red', pieces: [{ count: 1 }, { count: 1 }, { count: 1 }] }],
  [{ name: 'red', pieces: [{ count: 10 }] }],
  [{ name: 'red', pieces: [null] }],
  [{ name: 'red', pieces: { count: 1 } }],
])('%j is left to others', (given) => {
  expect(readPlainly(Box, given)).toBeUndefined();
});

class Positive {
  @IsPositive()
  @IntField()
  count!: number;
}

class Sometimes {
  @ValidateIf(() => false)
  @IntField()
  count!: number;
}

class Nobodys {
  @IntField()
  count!: number;

  @IsPositive()
  other!: number;
}

class TwiceChanged {
  @Transform(({ value }) => value)
  @IntQuery()
  @TextField({ min: 0 })
  count!: number;
}

class Again extends Piece {
  @IntField({ min: 5 })
  declare count: number;
}

class WrongByItself {
  @IntField({ optional: true, min: 5 })
  count = 1;
}

class WithoutRule {
  @IntField()
  count!: number;

  free?: string;
}

test.each<[new () => object, object]>([
  [Positive, { count: 1 }],
  [Sometimes, { count: 1 }],
  [Nobodys, { count: 1, other: 1 }],
  [TwiceChanged, { count: '1' }],
  [Again, { count: 6 }],
  [WrongByItself, {}],
  [WithoutRule, { count: 1, free: 'x' }],
  [Object, {}],
])('what %p says more of itself than our fields do is left to others', (type, given) => {
  expect(readPlainly(type, given)).toBeUndefined();
});

test('rules of our own count, in whatever class they stand', () => {
  class Even {
    @rule('even', 'must be even', (value) => typeof value === 'number' && value % 2 === 0)
    count!: number;
  }
  expect(readPlainly(Even, { count: 2 })).toBeInstanceOf(Even);
  expect(readPlainly(Even, { count: 3 })).toBeUndefined();
});
