import { newId } from '../../src/common/ids.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';

const PATH = '/api/delivery-addresses';
const ADDRESS = {
  label: 'Home',
  recipient: 'Ada Lovelace',
  line1: '12 St James’s Square',
  line2: null,
  city: 'London',
  region: null,
  postalCode: 'SW1Y 4LB',
  country: 'GB',
  phone: '+44 20 7946 0018',
};

describe('delivery addresses', () => {
  let shop: TestApp;
  let ada: TestUser;

  beforeAll(async () => {
    shop = await startApp();
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    ada = await createCustomer(shop);
  });

  const keep = async (owner: TestUser, change: object = {}): Promise<{ id: string; isDefault: boolean }> =>
    (
      await shop.http
        .post(PATH)
        .set(owner.bearer)
        .send({ ...ADDRESS, ...change })
        .expect(201)
    ).body;
  const defaultsOf = async (owner: TestUser): Promise<string[]> => {
    const { items } = (await shop.http.get(PATH).set(owner.bearer).expect(200)).body;
    return items.filter((item: { isDefault: boolean }) => item.isDefault).map((item: { id: string }) => item.id);
  };

  it('wants a bearer on every route', async () => {
    await shop.http.get(PATH).expect(401);
    await shop.http.post(PATH).send(ADDRESS).expect(401);
    await shop.http.get(`${PATH}/${newId()}`).expect(401);
    await shop.http.patch(`${PATH}/${newId()}`).send({}).expect(401);
    await shop.http.delete(`${PATH}/${newId()}`).expect(401);
  });

  it('keeps an address and tells where it is', async () => {
    const answer = await shop.http.post(PATH).set(ada.bearer).send(ADDRESS).expect(201);
    expect(answer.body).toEqual({ id: expect.any(String), ...ADDRESS, isDefault: true });
    expect(answer.headers.location).toBe(`${PATH}/${answer.body.id}`);
    const read = await shop.http.get(`${PATH}/${answer.body.id}`).set(ada.bearer).expect(200);
    expect(read.body).toEqual(answer.body);
  });

  it('fills what was left out with null', async () => {
    const { recipient, line1, city, postalCode, country } = ADDRESS;
    const sent = { recipient, line1, city, postalCode, country };
    const { body } = await shop.http.post(PATH).set(ada.bearer).send(sent).expect(201);
    expect(body).toMatchObject({ label: null, line2: null, region: null, phone: null });
  });

  it('makes the same address once for one Idempotency-Key', async () => {
    const send = () => shop.http.post(PATH).set(ada.bearer).set('Idempotency-Key', 'k1').send(ADDRESS);
    const first = await send().expect(201);
    const second = await send().expect(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect((await shop.http.get(PATH).set(ada.bearer)).body.total).toBe(1);
  });

  it('lists newest first, by page and by cursor', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 5; number += 1) ids.unshift((await keep(ada)).id);
    const first = await shop.http.get(`${PATH}?perPage=2`).set(ada.bearer).expect(200);
    expect(first.body).toMatchObject({ page: 1, perPage: 2, total: 5, nextCursor: expect.any(String) });
    expect(first.headers.link).toContain('rel="next"');
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer: { body: unknown } = await shop.http
        .get(`${PATH}?perPage=2&cursor=${cursor}`)
        .set(ada.bearer)
        .expect(200);
      const page = answer.body as { items: { id: string }[]; nextCursor: string | null };
      expect(page).not.toHaveProperty('total');
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids);
  });

  it.each(['abc', 'WyJub3QtYS11dWlkIl0', 'W251bGxd', 'W10'])('refuses the forged cursor %s', async (cursor) => {
    const { body } = await shop.http.get(`${PATH}?cursor=${cursor}`).set(ada.bearer).expect(400);
    expect(body.errors[0].path).toBe('cursor');
  });

  it('has one default: the first, until another becomes it', async () => {
    const first = await keep(ada, { isDefault: false });
    const second = await keep(ada);
    expect([first.isDefault, second.isDefault]).toEqual([true, false]);
    const third = await keep(ada, { isDefault: true });
    expect(await defaultsOf(ada)).toEqual([third.id]);
    await shop.http.patch(`${PATH}/${second.id}`).set(ada.bearer).send({ isDefault: true }).expect(200);
    expect(await defaultsOf(ada)).toEqual([second.id]);
    await shop.http.patch(`${PATH}/${second.id}`).set(ada.bearer).send({ isDefault: false }).expect(200);
    expect(await defaultsOf(ada)).toEqual([]);
  });

  it('makes the newest of the others the default when the default is deleted', async () => {
    const first = await keep(ada);
    await keep(ada);
    const newest = await keep(ada);
    await shop.http.delete(`${PATH}/${first.id}`).set(ada.bearer).expect(204);
    expect(await defaultsOf(ada)).toEqual([newest.id]);
    await shop.http.get(`${PATH}/${first.id}`).set(ada.bearer).expect(404);
  });

  it('keeps one default when many requests want to be it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        shop.http
          .post(PATH)
          .set(ada.bearer)
          .send({ ...ADDRESS, isDefault: true }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(await defaultsOf(ada)).toHaveLength(1);
  });

  it('changes what is named and leaves the rest', async () => {
    const { id } = await keep(ada);
    const change = { city: 'Cambridge', phone: null, line2: 'Flat 3' };
    const { body } = await shop.http.patch(`${PATH}/${id}`).set(ada.bearer).send(change).expect(200);
    expect(body).toEqual({ id, ...ADDRESS, ...change, isDefault: true });
    await shop.http.patch(`${PATH}/${id}`).set(ada.bearer).send({}).expect(200, body);
  });

  it('answers for the address of another as for one that does not exist', async () => {
    const { id } = await keep(ada);
    const other = await createCustomer(shop);
    for (const target of [id, newId(), 'not-an-id']) {
      const answers = await Promise.all([
        shop.http.get(`${PATH}/${target}`).set(other.bearer),
        shop.http.patch(`${PATH}/${target}`).set(other.bearer).send({ city: 'Paris' }),
        shop.http.delete(`${PATH}/${target}`).set(other.bearer),
      ]);
      for (const { status, body } of answers) expect([status, body.code]).toEqual([404, 'delivery_address_not_found']);
    }
    expect((await shop.http.get(PATH).set(other.bearer)).body).toMatchObject({ items: [], total: 0 });
    expect((await shop.http.get(`${PATH}/${id}`).set(ada.bearer)).body.city).toBe('London');
  });

  it('keeps 100 addresses of a customer and refuses the next', async () => {
    await keep(ada);
    await shop.db.query(
      `INSERT INTO delivery_addresses (id, user_id, recipient, line1, city, postal_code, country, is_default, created_at, updated_at)
       SELECT gen_random_uuid(), $1, 'x', 'x', 'x', 'x', 'DE', false, now(), now() FROM generate_series(1, 98)`,
      [ada.id],
    );
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => shop.http.post(PATH).set(ada.bearer).send(ADDRESS)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('too_many_delivery_addresses');
  });

  it.each([
    ['country', 'gb'],
    ['country', 'UK'],
    ['country', 'XX'],
    ['country', 'GBR'],
    ['country', null],
    ['country', ['GB']],
    ['recipient', ''],
    ['recipient', '   '],
    ['recipient', 'x'.repeat(101)],
    ['recipient', 'a\u0000b'],
    ['line1', 'two\nlines'],
    ['line1', null],
    ['line2', 7],
    ['city', { $gt: '' }],
    ['postalCode', '\ud800'],
    ['phone', 'call me'],
    ['label', 'x'.repeat(51)],
    ['isDefault', 'true'],
    ['isDefault', null],
    ['userId', '0190f5fe-7c00-7000-8000-000000000001'],
    ['id', '0190f5fe-7c00-7000-8000-000000000001'],
  ])('refuses %s = %j and names it', async (field, value) => {
    const created = await shop.http
      .post(PATH)
      .set(ada.bearer)
      .send({ ...ADDRESS, [field]: value })
      .expect(400);
    expect(created.body.errors.map(({ path }: { path: string }) => path)).toEqual([field]);
    const { id } = await keep(ada);
    const changed = await shop.http
      .patch(`${PATH}/${id}`)
      .set(ada.bearer)
      .send({ [field]: value })
      .expect(400);
    expect(changed.body.errors.map(({ path }: { path: string }) => path)).toEqual([field]);
  });

  it.each(['recipient', 'line1', 'city', 'postalCode', 'country'])('wants %s', async (field) => {
    const { body } = await shop.http
      .post(PATH)
      .set(ada.bearer)
      .send({ ...ADDRESS, [field]: undefined })
      .expect(400);
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([field]);
  });
});
