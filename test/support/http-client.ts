import { Agent } from 'node:http';
import supertest from 'supertest';

/** Requests to one server. */
export type HttpClient = ReturnType<typeof supertest>;

/** Kept open between requests, as browsers do: to open a connection costs both sides more than most requests do. */
const connections = new Agent({ keepAlive: true });

export function httpClient(url: string): HttpClient {
  const client = supertest(url);
  const methods = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete'] as const;
  for (const method of methods) {
    const request = client[method];
    client[method] = (path: string) => request(path).agent(connections);
  }
  return client;
}
