import type { FastifyInstance } from 'fastify';
import { withinRequest } from '../security/request-context.js';
import { RouteSetting } from './route-setting.js';

interface Attribution {
  readonly unattributed?: boolean;
}

/**
 * A handler of a route that is asked for much, and does nothing that anybody would be named for: it is spared what
 * carries the request along. The audit log would call its acts the application's own.
 */
export const Unattributed = (): MethodDecorator => RouteSetting({ unattributed: true } satisfies Attribution);

/** Has the handlers of all other routes run so that {@link currentOrigin} can tell where an act comes from. */
export function attributeActs(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    const { handler, config } = route;
    if ((config as Attribution | undefined)?.unattributed) return;
    route.handler = function attributed(request, reply) {
      return withinRequest(request, async () => handler.call(this, request, reply));
    };
  });
}
