import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * A network of its own in front of a port of this machine, which can be cut.
 * @param {number} target
 * @param {import('./cleanup.mjs').Cleanup} cleanup
 */
export async function startTcpProxy(target, cleanup) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  let severed = false;
  const join = (/** @type {import('node:net').Socket} */ socket, /** @type {import('node:net').Socket} */ other) => {
    sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    socket.pipe(other);
  };
  const server = createServer((client) => {
    if (severed) {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    join(client, upstream);
    join(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sever = () => {
    severed = true;
    for (const socket of sockets) socket.destroy();
  };
  cleanup.defer('close the proxy', () => {
    server.close();
    sever();
  });
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port: address.port,
    sever,
    mend: () => {
      severed = false;
    },
  };
}
