import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { type DynamicModule, RequestMethod } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { DomainError } from '../../common/domain-error.js';
import type { Config } from '../../config/config.js';
import { Metrics } from '../observability/metrics.js';
import { NestLogger } from '../observability/nest-logger.js';
import { Admissions } from './admissions.js';
import { AnsweringAdapter } from './answers.js';
import { attributeActs } from './attribution.js';
import { refuseClientError } from './client-errors.js';
import { serveDocs } from './docs.js';
import { Draining } from './draining.js';
import { EventStreams } from './event-streams.js';
import { FastLane } from './fast-lane.js';
import { acceptJson } from './json-body.js';
import { cutOffLateBodies } from './late-requests.js';
import { openApiDocument } from './openapi.js';
import { sendProblem } from './problem.filter.js';
import { limitRawBodies } from './raw-body.js';
import { requestIdOf } from './request-id.js';
import { registerRequestLog } from './request-log.js';
import { registerRequestMetrics } from './request-metrics.js';
import { shedSurplus } from './shedding.js';
import { acceptStreams } from './streamed-body.js';
import { acceptFiles } from './uploads.js';

/** Routes outside `/api`: what operators, browsers and other servers look for at fixed places. */
const OUTSIDE_API = ['health', 'health/*path', 'metrics', 'media/*path', '.well-known/*path'];

/** Media types of bodies that are read while they arrive. */
const STREAMED_TYPES = ['text/csv', 'application/x-ndjson', 'application/ndjson', 'application/jsonl'];

const EXPOSED_HEADERS = [
  'Cart-Token',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Cache',
  'X-Request-Id',
];

/** Late requests are looked for now and then, and found up to that much later. */
function patienceOf({ REQUEST_TIMEOUT_MS }: Config) {
  const connectionsCheckingInterval = Math.min(1_000, REQUEST_TIMEOUT_MS / 4);
  return { requestTimeout: REQUEST_TIMEOUT_MS - connectionsCheckingInterval, connectionsCheckingInterval };
}

function createFastify(config: Config): FastifyInstance {
  const { requestTimeout, connectionsCheckingInterval } = patienceOf(config);
  return fastify({
    bodyLimit: config.BODY_LIMIT_BYTES,
    // Late bodies are cut off by ourselves: some may take their time.
    requestTimeout: 0,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    // What still arrives on an open connection is answered in earnest: nothing that it needs is gone before the server.
    return503OnClosing: false,
    http: { headersTimeout: requestTimeout, connectionsCheckingInterval },
    requestIdHeader: false,
    trustProxy: config.TRUSTED_PROXIES.length > 0 ? [...config.TRUSTED_PROXIES] : false,
    genReqId: (request) => requestIdOf(request),
    routerOptions: { maxParamLength: 300 },
    clientErrorHandler: refuseClientError,
    // No hook runs for these.
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id);
      sendProblem(reply, request, new DomainError('invalid', 'invalid_request', error.message));
    },
  });
}

/** Makes the HTTP application of a module: everything that is the same for every route. */
export async function createHttpApp(
  module: DynamicModule,
  config: Config,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const server = createFastify(config);
  const app = await NestFactory.create<NestFastifyApplication>(module, new AnsweringAdapter(server), {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  app.setGlobalPrefix('api', {
    exclude: OUTSIDE_API.map((path) => ({ path, method: RequestMethod.ALL })),
  });
  acceptJson(server);
  limitRawBodies(server);
  await acceptFiles(server, config.MEDIA_MAX_BYTES);
  acceptStreams(server, config.REQUEST_TIMEOUT_MS, STREAMED_TYPES);
  const lane = app.get(FastLane);
  lane.enter(server, new Draining(server, config.REQUEST_TIMEOUT_MS), logger);
  server.addHook('onRequest', (request, reply, done) => {
    // What no handler declares fit for a cache is somebody's own, or of this moment.
    reply.header('x-request-id', request.id).header('cache-control', 'no-store');
    done();
  });
  attributeActs(server);
  const { requestTimeout, connectionsCheckingInterval } = patienceOf(config);
  cutOffLateBodies(server, requestTimeout, connectionsCheckingInterval);
  const streams = app.get(EventStreams);
  server.addHook('preClose', (done) => {
    streams.endAll();
    done();
  });
  registerRequestLog(server, logger);
  registerRequestMetrics(server, app.get(Metrics).requests);
  await secure(server, config);
  shedSurplus(server, app.get(Admissions));
  lane.learn(server);
  serveDocs(app, () => openApiDocument(app));
  return app;
}

/** What helmet sets is the same for every answer here, and costs a small request a twentieth to work out. */
async function securityHeaders(): Promise<Readonly<Record<string, string>>> {
  const probe = fastify();
  await probe.register(helmet, {
    // Over plain HTTP on a laptop this directive would send the browser to an HTTPS that is not there.
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  });
  let set: Readonly<Record<string, unknown>> = {};
  probe.get('/', async (_request, reply) => {
    set = reply.getHeaders();
  });
  await probe.inject('/');
  await probe.close();
  return Object.fromEntries(Object.entries(set).map(([name, value]) => [name, String(value)]));
}

async function secure(server: FastifyInstance, config: Config): Promise<void> {
  const headers = await securityHeaders();
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  if (config.CORS_ORIGINS.length === 0) return;
  await server.register(cors, {
    origin: config.CORS_ORIGINS.includes('*') ? '*' : [...config.CORS_ORIGINS],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  });
}
