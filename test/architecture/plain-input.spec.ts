import { getMetadataStorage } from 'class-validator';
import fc from 'fast-check';
import { newId } from '../../src/common/ids.js';
import { AddCartItem } from '../../src/modules/carts/dto/cart.request.js';
import { ProductQuery } from '../../src/modules/products/dto/product-query.dto.js';
import { PlaceSale } from '../../src/modules/sales/dto/place-sale.dto.js';
import { EXAMPLE_ADDRESS } from '../../src/platform/fields/address.fields.js';
import { readPlainly } from '../../src/platform/fields/plain-input.js';
import { createThoroughPipe } from '../../src/platform/http/validation.js';
import { declaredRoutes } from '../support/routes.js';
import { runs } from '../support/runs.js';

type ClassOf = new () => object;

/** Where @nestjs/swagger keeps what its decorators say. */
const DECORATORS = { API_SCHEMA: 'swagger/apiSchema', API_MODEL_PROPERTIES: 'swagger/apiModelProperties' } as const;

const fieldsOf = (type: ClassOf): string[] => {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
};

/** As the documentation has it: of the whole, or of each property. */
const exampleOf = (type: ClassOf): object => {
  const [schema] = (Reflect.getMetadata(DECORATORS.API_SCHEMA, type) ?? []) as { example?: object }[];
  const ofField = (name: string): unknown =>
    Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES, type.prototype as object, name)?.example;
  const each = fieldsOf(type).map((name) => [name, ofField(name)] as const);
  return schema?.example ?? Object.fromEntries(each.filter(([, example]) => example !== undefined));
};

let inputs: ClassOf[];
beforeAll(async () => {
  const classes = new Set((await declaredRoutes()).flatMap(({ takes }) => takes));
  inputs = [...classes].filter(
    (type): type is ClassOf => typeof type === 'function' && fieldsOf(type as ClassOf).length > 0,
  );
});

const VALUES: readonly unknown[] = [
  ...[null, undefined, true, false, 0, 1, -1, 2, 1.5, 30, 1_000_001, 1e300, Number.NaN],
  ...['', ' ', 'x', ' x ', '7', '-7', '1.50', '1e3', 'true', 'ok', 'sandbox', 'price', '-createdAt', 'DE', 'de', 'EUR'],
  ...['a@example.com', ' a@example.com ', '2026-01-31T00:00:00Z', 'PT16M', 'two\nlines', 'nul\u0000', '\ud800', 'é'],
  ...['x'.repeat(101), 'x'.repeat(256), 'x'.repeat(5_000), newId(), newId().toUpperCase(), '+49 30 1234'],
  ...[[], ['x'], ['x', 'x'], [null], {}, { a: 'b' }, [{}], { constructor: 1 }],
];
const LEFT_OUT = Symbol('left out');

interface Change {
  readonly place: number;
  readonly key: number;
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(20),
  key: fc.nat(100),
  value: fc.oneof(fc.constantFrom(...VALUES, LEFT_OUT), fc.string(), fc.integer({ min: -2, max: 1_000 })),
});

/** By way of JSON, as bodies come: a clone would be an object of another world than that of the test. */
const copyOf = <T>(value: T): T =>
  typeof value === 'object' && value !== null ? JSON.parse(JSON.stringify(value)) : value;

/** All objects within one, itself first. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const within = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? within : [value as Record<string, unknown>, ...within];
}

function changed(body: object, names: readonly string[], changes: readonly Change[]): object {
  for (const { place, key, value } of changes) {
    const objects = objectsIn(body);
    const at = objects[place % objects.length] ?? {};
    const keys = [...(at === body ? names : Object.keys(at)), 'unheardOf', '__proto__'];
    const name = keys[key % keys.length] ?? '';
    if (value === LEFT_OUT) delete at[name];
    else
      Object.defineProperty(at, name, {
        value: copyOf(value),
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return body;
}

/** Bodies like the examples of the documentation, with something else here and there. */
const bodyOf = (type: ClassOf): fc.Arbitrary<object> => {
  const example = exampleOf(type);
  return fc.array(change, { maxLength: 5 }).map((changes) => changed(copyOf(example), fieldsOf(type), changes));
};

const thorough = createThoroughPipe();

test('what is read plainly is what class-validator makes of it, for every input of every route', async () => {
  let plain = 0;
  for (const type of inputs) {
    const check = async (body: object): Promise<void> => {
      const read = readPlainly(type, body);
      if (read === undefined) return;
      plain += 1;
      expect(read).toStrictEqual(await thorough.transform(body, { type: 'body', metatype: type }));
    };
    await fc.assert(fc.asyncProperty(bodyOf(type), check), { numRuns: runs(100) });
  }
  expect(inputs.length).toBeGreaterThan(50);
  // Else nothing would have been compared.
  expect(plain).toBeGreaterThan(inputs.length);
});

test.each<[string, ClassOf, object]>([
  ['a product for the cart', AddCartItem, { productId: newId(), quantity: 2 }],
  [
    'a sale',
    PlaceSale,
    { deliveryAddress: { ...EXAMPLE_ADDRESS, line2: null }, payment: { provider: 'sandbox', method: ' ok ' } },
  ],
  ['a sale of some items', PlaceSale, { items: [{ productId: newId(), quantity: 1 }], email: 'a@example.com' }],
  ['a list of products', ProductQuery, { page: '2', perPage: '30', sort: '-price', inStock: 'true', minPrice: '1.50' }],
])('%s is read plainly', async (_, type, body) => {
  const read = readPlainly(type, body);
  expect(read).toBeInstanceOf(type);
  expect(read).toStrictEqual(await thorough.transform(body, { type: 'body', metatype: type }));
});
