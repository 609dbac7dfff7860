import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, NestFactory } from '@nestjs/core';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import { AppModule } from '../../src/app.module.js';
import { parseConfig } from '../../src/config/config.js';
import type { Heading } from '../../src/platform/http/answers.js';
import { RATE_LIMITED } from '../../src/platform/rate-limits/rate-limited.js';
import { ACCESS } from '../../src/platform/security/access.js';
import { testKeysDir } from './keys.js';

/** A handler as its decorators declare it. */
export interface Route {
  /** Method and path as a client writes them, for example `GET /api/products/:id/stock-movements`. */
  readonly route: string;
  readonly handler: string;
  readonly access: unknown;
  /** The class of routes that it is limited by; undefined where its method tells. */
  readonly limitedAs: unknown;
  /** What its parameters are declared to be, our own classes among them. */
  readonly takes: readonly unknown[];
  /** Whether the fast lane learns its answers: see `Conditional`. */
  readonly isConditional: boolean;
}

/** Every handler of every controller of the application. In preview Nest resolves modules and creates nothing. */
export async function declaredRoutes(): Promise<Route[]> {
  const config = parseConfig({ NODE_ENV: 'test', KEYS_DIR: testKeysDir() });
  const module = AppModule.register({ config, databaseUrl: 'postgres://127.0.0.1:1/none' });
  const context = await NestFactory.createApplicationContext(module, { preview: true, logger: false });
  const controllers = new Set<NewableFunction>();
  for (const { controllers: registered } of context.get(ModulesContainer).values()) {
    for (const { metatype } of registered.values()) if (metatype) controllers.add(metatype);
  }
  return [...controllers].flatMap(handlersOf);
}

function handlersOf(controller: NewableFunction): Route[] {
  const prototype: Record<string, object> = controller.prototype;
  const names = new MetadataScanner().getAllMethodNames(prototype);
  return names.flatMap((name) => {
    const handler = prototype[name];
    if (handler === undefined || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
    const verb = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))];
    const declared = (key: string): unknown =>
      Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller);
    const heading = declared(FASTIFY_ROUTE_CONFIG_METADATA) as Heading | undefined;
    return pathsOf(controller).flatMap((base) =>
      pathsOf(handler).map((path) => ({
        route: `${verb} ${addressOf(`/${base}/${path}`.replaceAll(/\/+(?=\/|$)/g, ''))}`,
        handler: `${controller.name}.${name}`,
        access: declared(ACCESS),
        limitedAs: declared(RATE_LIMITED),
        takes: Reflect.getMetadata('design:paramtypes', prototype, name) ?? [],
        isConditional: heading?.answerOf !== undefined,
      })),
    );
  });
}

const pathsOf = (target: object): string[] => [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat();

// As the boot of the server excludes them from its prefix.
const addressOf = (path: string): string =>
  /^\/(health|media|metrics|\.well-known)(\/|$)/.test(path) ? path : `/api${path}`;
