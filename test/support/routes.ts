import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, NestFactory } from '@nestjs/core';
import { AppModule } from '../../src/app.module.js';
import { parseConfig } from '../../src/config/config.js';
import { ACCESS } from '../../src/platform/security/access.js';
import { testKeysDir } from './keys.js';

/** A handler as its decorators declare it. */
export interface Route {
  /** Method and path as a client writes them, for example `GET /api/products/:id/stock-movements`. */
  readonly route: string;
  readonly handler: string;
  readonly access: unknown;
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
    const access: unknown = Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, controller);
    return pathsOf(controller).flatMap((base) =>
      pathsOf(handler).map((path) => ({
        route: `${verb} ${addressOf(`/${base}/${path}`.replaceAll(/\/+(?=\/|$)/g, ''))}`,
        handler: `${controller.name}.${name}`,
        access,
      })),
    );
  });
}

const pathsOf = (target: object): string[] => [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat();

// As the boot of the server excludes them from its prefix.
const addressOf = (path: string): string =>
  /^\/(health|media|metrics|\.well-known)(\/|$)/.test(path) ? path : `/api${path}`;
