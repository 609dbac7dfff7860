/** An event in the JSON form of CloudEvents 1.0, sections 3.1 (attributes) and 3.2 of the JSON format (data). */
export interface CloudEvent<Data = Readonly<Record<string, unknown>>> {
  readonly specversion: '1.0';
  readonly id: string;
  /** Who it happened at; together with the id it names the event in the whole world. */
  readonly source: string;
  readonly type: string;
  /** Id of the aggregate that it happened to. */
  readonly subject: string;
  /** RFC 3339, in UTC. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Data;
}

/** What the outbox keeps of an event. */
export interface KeptEvent {
  readonly id: string;
  readonly type: string;
  readonly aggregateId: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly occurredAt: Date;
}

/** The source of this shop's events: its public address, or a relative one where none is set. */
export function eventSource(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '/tradepost' : publicUrl.replace(/\/+$/, '');
}

/** Puts an event into its CloudEvents 1.0 envelope. */
export function toCloudEvent(event: KeptEvent, source: string): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source,
    type: event.type,
    subject: event.aggregateId,
    time: event.occurredAt.toISOString(),
    datacontenttype: 'application/json',
    data: event.data,
  };
}
