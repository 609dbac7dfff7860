import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface TestProxy {
  readonly port: number;
  /** Once a client has sent something with this text in it, nothing that the server says arrives any more. */
  holdAnswersTo(text: string): void;
  /** Ends every connection, as a cable that is pulled does; new ones pass as before. */
  cut(): void;
  /** Ends every connection, and refuses new ones until it is mended. */
  sever(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A TCP proxy in front of a port of this machine: a network that can fail. */
export async function startProxy(target: number): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  let trigger: string | undefined;
  let holding = false;
  let severed = false;
  const server = createServer((client) => {
    if (severed) return void client.destroy();
    const upstream = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (data) => {
      holding ||= trigger !== undefined && data.includes(trigger);
      upstream.write(data);
    });
    upstream.on('data', (data) => void (holding || client.write(data)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    trigger = undefined;
    holding = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    holdAnswersTo: (text) => {
      trigger = text;
    },
    cut,
    sever: () => {
      severed = true;
      cut();
    },
    mend: () => {
      severed = false;
    },
    close: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
