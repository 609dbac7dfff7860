import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RouteSetting } from './route-setting.js';

/** Events of payment providers have a few KB. */
const MOST_BYTES = 262_144;

interface RouteSettings {
  readonly rawJson?: boolean;
}

/** Whether a request is for a handler that takes its JSON as it was sent. */
export function takesRawJson({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as RouteSettings | undefined)?.rawJson === true;
}

/** A handler that takes JSON by {@link RawBody}, byte by byte as it was signed, and not much of it. */
export function TakesRawJson(description: string): MethodDecorator {
  return applyDecorators(
    RouteSetting({ rawJson: true } satisfies RouteSettings),
    ApiConsumes('application/json'),
    ApiBody({ description, required: true, schema: { type: 'object', additionalProperties: true } }),
  );
}

/** The body of a {@link TakesRawJson} handler; empty where there is none. */
export const RawBody = createParamDecorator((_: unknown, context: ExecutionContext): Buffer => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
});

/** Keeps such bodies small; to be called before the routes are made. */
export function limitRawBodies(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if ((route.config as RouteSettings | undefined)?.rawJson !== true) return;
    route.bodyLimit = Math.min(MOST_BYTES, server.initialConfig.bodyLimit ?? MOST_BYTES);
  });
}
