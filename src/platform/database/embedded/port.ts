import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range that Linux (32768 up), macOS and Windows (49152 up) take the local ports of outgoing connections
 * from: a port in there can be lost to one while PostgreSQL restarts, and a client that retries a closed port in
 * there can even connect to itself.
 */
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;

export async function unusedPort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (await isUnused(port)) return port;
  }
}

export function isUnused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
