import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import { startApp, type TestApp } from '../support/app.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const isIdempotent = ({ parameters = [] }: Operation): boolean =>
  parameters.some((parameter) => 'name' in parameter && parameter.name === 'Idempotency-Key');

const codesIn = (text = ''): string[] => [...text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code);

/** The codes of all conflicts that the sources can answer with. */
function conflictCodes(): Set<string> {
  const codes = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .flatMap((file) => {
      const source = readFileSync(join('src', file), 'utf8');
      const literal = [...source.matchAll(/super\(\s*'conflict',\s*'(\w+)'/g)].map(([, code = '']) => code);
      // A class whose code is one of a table of reasons.
      const table = /super\(\s*'conflict',\s*code,/.test(source)
        ? /const WHY = \{([\s\S]*?)\} as const/.exec(source)?.[1]
        : '';
      return [...literal, ...[...(table ?? '').matchAll(/^ {2}(\w+):/gm)].map(([, code = '']) => code)];
    });
  return new Set(codes);
}

describe('the description of the API', () => {
  let shop: TestApp;
  let document: OpenAPIObject;
  let operations: (Operation & { readonly route: string })[];

  beforeAll(async () => {
    shop = await startApp();
    document = (await shop.http.get('/openapi.json').expect(200)).body;
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries<Operation>(item as Record<string, Operation>).map(([method, operation]) => ({
        ...operation,
        route: `${method.toUpperCase()} ${path}`,
      })),
    );
  });
  afterAll(() => shop.close());

  const routesWhere = (wrong: (operation: Operation) => boolean): string[] =>
    operations.filter(wrong).map(({ route }) => route);

  it('refers to nothing that it does not hold', () => {
    const held = new Set(Object.keys(document.components?.schemas ?? {}).map((name) => `#/components/schemas/${name}`));
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, target = '']) => target);
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((target) => !held.has(target))).toEqual([]);
  });

  it('lets texts of answers be empty that an erasure or an import leaves empty', () => {
    const schemas = (document.components?.schemas ?? {}) as Record<string, { properties?: Record<string, object> }>;
    const emptied = {
      SaleAddressResponse: ['recipient', 'line1', 'city', 'postalCode', 'country'],
      ReturnResponse: ['reason'],
      RefundResponse: ['reason'],
      AnalyticsGroup: ['key'],
    };
    for (const [schema, names] of Object.entries(emptied)) {
      for (const name of names) {
        expect(schemas[schema]?.properties).toHaveProperty([name]);
        expect(schemas[schema]?.properties).not.toHaveProperty([name, 'minLength']);
      }
    }
    const address = { $ref: '#/components/schemas/SaleAddressResponse' };
    expect(JSON.stringify(schemas.SaleResponse?.properties?.deliveryAddress)).toContain(address.$ref);
    expect(JSON.stringify(schemas.AdminSaleResponse?.properties?.deliveryAddress)).toContain(address.$ref);
  });

  it('says of every operation what it does, who may use it and how it ends', () => {
    const tags = new Set(document.tags?.map(({ name }) => name));
    expect(routesWhere(({ summary = '' }) => summary === '')).toEqual([]);
    expect(routesWhere((operation) => operation.tags?.length !== 1 || !tags.has(operation.tags[0] ?? ''))).toEqual([]);
    expect(routesWhere(({ security }) => security === undefined)).toEqual([]);
    expect(routesWhere(({ responses }) => !Object.keys(responses).some((status) => /^[23]/.test(status)))).toEqual([]);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows every refusal as problem details', () => {
    const plain = ({ responses }: Operation): boolean =>
      Object.entries(responses).some(
        ([status, response]) =>
          /^4|default/.test(status) && !JSON.stringify(response).includes('"application/problem+json"'),
      );
    expect(routesWhere(plain)).toEqual([]);
  });

  it('names the refusals that a request can meet: no token, no such thing, a body that is not valid, a conflict', () => {
    const lacks = (status: string) => (operation: Operation) => operation.responses[status] === undefined;
    const wantsToken = ({ security = [] }: Operation): boolean => security.length > 0;
    expect(operations.filter(wantsToken).length).toBeGreaterThan(100);
    expect(routesWhere((operation) => wantsToken(operation) && lacks('401')(operation))).toEqual([]);
    const one = operations.filter(({ route }) => route.includes('{'));
    expect(one.length).toBeGreaterThan(40);
    expect(one.filter(lacks('404')).map(({ route }) => route)).toEqual([]);
    expect(routesWhere((operation) => operation.requestBody !== undefined && lacks('400')(operation))).toEqual([]);
    const keyed = (status: string) => (operation: Operation) => isIdempotent(operation) && lacks(status)(operation);
    expect(routesWhere(keyed('409'))).toEqual([]);
    expect(routesWhere(keyed('422'))).toEqual([]);
  });

  it('names every conflict that the sources know where it can come up, and none that they do not know', () => {
    const told = operations.map(({ responses }) =>
      codesIn((responses['409'] as { description?: string })?.description),
    );
    const known = conflictCodes();
    expect(known.size).toBeGreaterThan(30);
    expect([...known].filter((code) => !told.flat().includes(code))).toEqual([]);
    expect(told.flat().filter((code) => !known.has(code))).toEqual([]);
    // What the description of an operation promises stands among its answers, too.
    const promised = ({ description = '', responses }: Operation): boolean => {
      const codes = codesIn(/\b409 ([^.;]*)/.exec(description)?.[1]).filter((code) => known.has(code));
      return codes.some((code) => !JSON.stringify(responses['409'] ?? '').includes(`\`${code}\``));
    };
    expect(routesWhere(promised)).toEqual([]);
  });

  it('says when to repeat a request whose first is running', () => {
    const idempotent = operations.filter(isIdempotent);
    expect(idempotent.length).toBeGreaterThan(5);
    const silent = idempotent.filter(({ responses }) => !JSON.stringify(responses['409']).includes('"Retry-After"'));
    expect(silent.map(({ route }) => route)).toEqual([]);
  });

  it('has each path once, whatever its parameters are called', () => {
    const shapes = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it.each(['/docs', '/redoc'])('is shown at %s by pages and scripts that come from here alone', async (page) => {
    const { text, headers } = await shop.http.get(page).expect(200);
    expect(headers['content-security-policy']).toMatch(/script-src 'self'/);
    const sources = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, url = '']) => new URL(url, `${shop.url}${page}`),
    );
    expect(sources.length).toBeGreaterThan(0);
    for (const { origin, protocol, pathname } of sources) {
      if (protocol === 'data:') continue;
      expect(origin).toBe(shop.url);
      await shop.http.get(pathname).expect(200);
    }
  });
});
