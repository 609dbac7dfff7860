import { startApp, type TestApp } from '../support/app.js';

describe('conventions of every route', () => {
  let shop: TestApp;

  beforeAll(async () => {
    shop = await startApp();
  });
  afterAll(() => shop.close());

  it('answers an unknown route with problem details', async () => {
    const answer = await shop.http.get('/api/nowhere').expect(404);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status: 404, code: 'route_not_found', instance: '/api/nowhere' });
    expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
  });
});
