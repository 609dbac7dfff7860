import { eventSource, toCloudEvent } from './cloud-event.js';

describe('CloudEvents envelope', () => {
  it('carries every attribute that CloudEvents 1.0 requires, and ours', () => {
    const event = toCloudEvent(
      {
        id: '0199b6c0-0000-7000-8000-000000000001',
        type: 'sale.placed',
        aggregateId: '0199b6c0-0000-7000-8000-000000000002',
        data: { number: 'S-100001' },
        occurredAt: new Date('2026-03-01T10:00:00.120Z'),
      },
      '/tradepost',
    );
    expect(event).toEqual({
      specversion: '1.0',
      id: '0199b6c0-0000-7000-8000-000000000001',
      source: '/tradepost',
      type: 'sale.placed',
      subject: '0199b6c0-0000-7000-8000-000000000002',
      time: '2026-03-01T10:00:00.120Z',
      datacontenttype: 'application/json',
      data: { number: 'S-100001' },
    });
  });

  it.each([
    [undefined, '/tradepost'],
    ['https://shop.example', 'https://shop.example'],
    ['https://shop.example/eu//', 'https://shop.example/eu'],
  ])('names the source of a shop at %s as %s', (publicUrl, source) => {
    expect(eventSource(publicUrl)).toBe(source);
  });
});
