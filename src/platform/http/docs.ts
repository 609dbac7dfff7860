import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

// ReDoc renders in a worker made from a blob, and styles its elements as it goes.
const REDOC_POLICY =
  "default-src 'none'; script-src 'self'; worker-src blob:; style-src 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** The one thing that the page would fetch from elsewhere; it does without where there is none. */
const REDOC_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';

const REDOC_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Tradepost API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <style>body { margin: 0; padding: 0; }</style>
  </head>
  <body>
    <redoc spec-url="/openapi.json" disable-google-font="true" hide-download-button="false"></redoc>
    <script src="/redoc/redoc.js"></script>
  </body>
</html>
`;

/**
 * Serves the description of the API, and two ways to read it; nothing in them is fetched from elsewhere. Each is made when
 * it is first asked for: to describe every route takes a third of the start.
 */
export function serveDocs(app: NestFastifyApplication, describe: () => OpenAPIObject): void {
  const server: FastifyInstance = app.getHttpAdapter().getInstance();
  const document = once(describe);
  const text = once(() => JSON.stringify(document()));
  server.get('/openapi.json', (_request, reply) => {
    reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-cache').send(text());
  });
  SwaggerModule.setup('docs', app, document, {
    raw: false,
    customSiteTitle: 'Tradepost API',
    swaggerOptions: { persistAuthorization: true, tryItOutEnabled: true, displayRequestDuration: true },
  });
  serveRedoc(server);
}

/** A value that is made the first time it is asked for, and then kept. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** ReDoc in one file: the build's copy, or that of the package where the sources run as they are. */
async function redocBundle(): Promise<string> {
  const built = new URL('../../../assets/redoc/redoc.standalone.js', import.meta.url);
  const packaged = (): string => createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
  return readFile(existsSync(built) ? built : packaged(), 'utf8');
}

function serveRedoc(server: FastifyInstance): void {
  const script = once(async () => (await redocBundle()).replaceAll(REDOC_LOGO, 'data:,'));
  server.get('/redoc', (_request, reply) => {
    reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', REDOC_POLICY)
      .send(REDOC_PAGE);
  });
  server.get('/redoc/redoc.js', async (_request, reply) => {
    reply.header('content-type', 'text/javascript; charset=utf-8').header('cache-control', 'public, max-age=86400');
    return script();
  });
}
