import type { OpenAPIObject } from '@nestjs/swagger';
import { startApp, type TestApp } from '../support/app.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

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

  it('says when to repeat a request whose first is running', () => {
    const idempotent = operations.filter(({ parameters = [] }) =>
      parameters.some((parameter) => 'name' in parameter && parameter.name === 'Idempotency-Key'),
    );
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
