// The built application with two routes more: the same read of a product, once for anybody and once for a bearer.
import 'reflect-metadata';
import { Controller, Get, Header, Inject, Module, Param } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

/** @param {string} path under dist/src */
const built = (path) => import(new URL(`../../dist/src/${path}`, import.meta.url).href);

const { AppModule } = await built('app.module.js');
const { loadConfig } = await built('config/config.js');
const { CatalogueService } = await built('modules/products/catalogue.service.js');
const { createHttpApp } = await built('platform/http/create-app.js');
const { createLogger } = await built('platform/observability/logging.js');
const { Access } = await built('platform/security/access.js');

/** @param {string} rule @param {string} path */
function readsFor(rule, path) {
  class Reads {
    /** @param {ModuleRef} modules */
    constructor(modules) {
      this.modules = modules;
    }

    onModuleInit() {
      this.catalogue = this.modules.get(CatalogueService, { strict: false });
    }

    /**
     * Sent by Nest each time: the fast lane would answer the open read alone.
     * @param {string} id
     */
    async detail(id) {
      return (await this.catalogue.detail(id)).body;
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Reads.prototype, 'detail');
  const type = Header('content-type', 'application/json; charset=utf-8');
  for (const decorate of [Get(':id'), Access(rule), type]) {
    decorate(Reads.prototype, 'detail', descriptor);
  }
  Reflect.defineMetadata('design:paramtypes', [String], Reads.prototype, 'detail');
  Param('id')(Reads.prototype, 'detail', 0);
  Inject(ModuleRef)(Reads, undefined, 0);
  Controller(path)(Reads);
  return Reads;
}

class GuardBenchModule {}
const config = loadConfig();
Module({
  imports: [AppModule.register({ config, databaseUrl: config.DATABASE_URL })],
  controllers: [readsFor('public', 'bench/open'), readsFor('bearer', 'bench/guarded')],
})(GuardBenchModule);

const app = await createHttpApp(GuardBenchModule, config, createLogger('warn', process.stderr));
await app.listen(config.PORT, config.HOST);
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
