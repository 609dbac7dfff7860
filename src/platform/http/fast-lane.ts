import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger as LineLogger } from 'pino';
import { CONFIG, type Config } from '../../config/config.js';
import { LruMap } from '../cache/lru-map.js';
import { Coherence } from '../coherence/coherence.js';
import { Metrics } from '../observability/metrics.js';
import type { EndpointStats } from '../observability/request-stats.js';
import type { RateLimitPolicy } from '../rate-limits/rate-limit-policy.js';
import { RateLimits } from '../rate-limits/rate-limits.js';
import { AddressKeys } from './client-address.js';
import { type FinishedJson, isNoneMatch } from './conditional.js';
import type { Draining } from './draining.js';
import { AnswerWriter, headLines } from './head-lines.js';
import { pageLinks } from './links.js';
import { limitField, policyField } from './rate-limit-headers.js';
import { requestIdOf } from './request-id.js';
import { type AnswerLog, answerLogOf } from './request-log.js';
import { countedByCaller } from './route-class.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Has the fast lane remember a request that was answered with JSON that can be had again. */
    remember(request: FastifyRequest, answer: FinishedJson): void;
  }
}

/** Addresses that are remembered, and how long they may be. */
const MOST_URLS = 20_000;
const LONGEST_URL = 512;
/** Origins whose headers are remembered; a page of another one goes the long way. */
const MOST_ORIGINS = 64;

const CONTENT_TYPE = headLines(['content-type', 'application/json; charset=utf-8']);

/** Set anew for each answer, so not part of what is learnt from another one. */
const VARYING = new Set(['x-request-id', 'cache-control', 'connection', 'keep-alive']);

/** What there is around the answers of a server. */
interface Surroundings {
  readonly draining: Draining;
  readonly logger: LineLogger;
  readonly writer: AnswerWriter;
}

/** Where answers to requests of one method are counted and logged. */
interface Books {
  readonly stats: EndpointStats;
  readonly log: AnswerLog | undefined;
}

/** What the head of an answer says of its body. */
interface Said {
  readonly etag: string;
  readonly position: FinishedJson['position'];
  readonly lines: string;
}

/** A request that was answered with finished JSON before, and how to have that again without asking the database. */
interface KnownUrl {
  readonly url: string;
  readonly route: string;
  readonly again: () => FinishedJson | undefined;
  said: Said | undefined;
  readonly books: { GET?: Books; HEAD?: Books };
}

/** A request on its way through the lane. */
interface Visit {
  readonly known: KnownUrl;
  readonly method: 'GET' | 'HEAD';
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** When it came, by the clock of `performance`. */
  readonly since: number;
}

/** A visit that waits, and how it goes on where the lane has no answer. */
interface Waiting {
  readonly visit: Visit;
  readonly pass: () => void;
}

/**
 * Answers requests that were answered before, with bytes that are in memory and still right, ahead of the whole
 * pipeline: nothing of Fastify or Nest runs. What it knows it has learnt from answers of that pipeline, by the exact
 * URL; anything that it does not know, or may not answer, goes on into it.
 */
@Injectable()
export class FastLane implements OnModuleInit {
  private readonly logger = new Logger(FastLane.name);
  private readonly urls = new LruMap<KnownUrl>(MOST_URLS);
  private readonly heads = new LruMap<string>(MOST_ORIGINS);
  private readonly addresses: AddressKeys;
  private readonly policyLines = new Map<RateLimitPolicy, string>();
  private surroundings: Surroundings | undefined;
  private awaited: { readonly fresh: Promise<boolean>; readonly visits: Waiting[] } | undefined;
  private answered = 0;
  private lookedUp = 0;

  constructor(
    @Inject(Coherence) private readonly coherence: Coherence,
    @Inject(RateLimits) private readonly limits: RateLimits,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(CONFIG) config: Config,
  ) {
    this.addresses = new AddressKeys(config.TRUSTED_PROXIES.length > 0);
  }

  onModuleInit(): void {
    const help = 'Requests that were answered ahead of the pipeline, of those that were looked up.';
    this.metrics.counters('fast_lane_requests_total', help, 'result', () => {
      return { answered: this.answered, passed: this.lookedUp - this.answered };
    });
  }

  /** Puts the lane before the pipeline of a server. A second socket, which `localhost` may have, is left without. */
  enter({ server }: FastifyInstance, draining: Draining, logger: LineLogger): void {
    const pipelines = server.listeners('request') as RequestListener[];
    this.surroundings = { draining, logger, writer: new AnswerWriter(server.keepAliveTimeout) };
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.receive(request, response, () => {
        for (const pipeline of pipelines) pipeline(request, response);
      });
    });
  }

  /** To be called after the hooks that set headers: learns those that every answer has, and who asks. */
  learn(server: FastifyInstance): void {
    server.decorate('remember', (request: FastifyRequest, answer: FinishedJson) => this.remember(request, answer));
    server.addHook('onRequest', (request, reply, done) => {
      this.addresses.learn(request);
      const origin = request.headers.origin ?? '';
      if (this.heads.get(origin) === undefined) {
        const entries = Object.entries(reply.getHeaders()).filter(([name]) => !VARYING.has(name));
        this.heads.set(origin, headLines(entries.flatMap(([name, value]) => [name, String(value)])));
      }
      done();
    });
  }

  private remember(request: FastifyRequest, { again }: FinishedJson): void {
    const { url = '' } = request.raw;
    const route = request.routeOptions.url;
    if (again === undefined || route === undefined || url.length > LONGEST_URL) return;
    this.urls.set(url, { url, route, again, said: undefined, books: {} });
  }

  private receive(request: IncomingMessage, response: ServerResponse, pass: () => void): void {
    const { method, url = '' } = request;
    const known = method === 'GET' || method === 'HEAD' ? this.urls.get(url) : undefined;
    if (known === undefined || hasBody(request)) {
      pass();
      return;
    }
    this.lookedUp += 1;
    const visit: Visit = { known, method: method as Visit['method'], request, response, since: performance.now() };
    const fresh = this.coherence.fresh();
    if (typeof fresh !== 'boolean') this.wait(fresh, visit, pass);
    else if (!fresh || !this.attempt(visit)) pass();
  }

  /** Those who wait for the same word are told of it together: a promise for each would cost as much as its answer. */
  private wait(fresh: Promise<boolean>, visit: Visit, pass: () => void): void {
    this.surroundings?.draining.pause();
    if (this.awaited?.fresh === fresh) {
      this.awaited.visits.push({ visit, pass });
      return;
    }
    const visits = [{ visit, pass }];
    this.awaited = { fresh, visits };
    const go = (isFresh: boolean): void => {
      this.awaited = this.awaited?.visits === visits ? undefined : this.awaited;
      for (const { visit, pass } of visits) {
        if (!isFresh || !this.attempt(visit)) pass();
        this.surroundings?.draining.resume();
      }
    };
    fresh.then(go, () => go(false));
  }

  /** Whether the visit is over: nothing else may answer it. */
  private attempt(visit: Visit): boolean {
    try {
      return visit.response.destroyed || this.answer(visit);
    } catch (error) {
      // Here nobody else would catch it, and it would end the process.
      this.logger.error({ err: error }, 'A request could not be answered ahead of the pipeline.');
      return visit.response.headersSent;
    }
  }

  private answer(visit: Visit): boolean {
    const { known, method, request, response } = visit;
    const { headers } = request;
    const { surroundings } = this;
    const head = this.heads.get(headers.origin ?? '');
    // While the server closes, the pipeline knows how to say so.
    if (head === undefined || surroundings === undefined || surroundings.draining.closing) return false;
    const answer = known.again();
    if (answer === undefined) return false;
    const limits = this.count(request);
    if (limits === undefined) return false;
    const { body, etag } = answer;
    const now = Date.now();
    const id = requestIdOf(request, now);
    const status = isNoneMatch(headers['if-none-match'], etag) ? 304 : 200;
    const content = status === 304 && method === 'GET' ? '' : `${CONTENT_TYPE}content-length: ${body.length}\r\n`;
    const lines = `${head}${saidOf(known, answer)}x-request-id: ${id}\r\n${limits}${content}`;
    surroundings.writer.send(response, status, lines, status === 304 || method === 'HEAD' ? undefined : answer, now);
    this.answered += 1;
    this.settle(visit, status, id);
    return true;
  }

  /** The rate-limit lines of a request that may pass; undefined where it may not, or only Redis can tell. */
  private count(request: IncomingMessage): string | undefined {
    if (!this.limits.enabled) return '';
    const { address, caller } = this.limits.policies;
    const key = this.addresses.of(request);
    if (key === undefined) return undefined;
    if (countedByCaller('read', request) && this.limits.takeNow(address, key) === undefined) return undefined;
    const verdict = this.limits.takeNow(caller.read, key);
    return verdict === undefined ? undefined : `${this.policyLineOf(caller.read)}ratelimit: ${limitField(verdict)}\r\n`;
  }

  private policyLineOf(policy: RateLimitPolicy): string {
    const known = this.policyLines.get(policy) ?? headLines(['ratelimit-policy', policyField(policy)]);
    this.policyLines.set(policy, known);
    return known;
  }

  /** Counts and logs an answer once it has left; with most, Node has handed it over by the time it returns. */
  private settle(visit: Visit, status: number, id: string): void {
    const { response } = visit;
    if (response.writableLength > 0) {
      this.surroundings?.draining.hold(response);
      response.once('finish', () => this.record(visit, status, id));
    } else this.record(visit, status, id);
  }

  private record({ known, method, request, since }: Visit, status: number, id: string): void {
    const { stats, log } = this.booksOf(known, method);
    const ms = performance.now() - since;
    stats.record(status, ms / 1_000);
    log?.(status, ms, id, request.headers.traceparent);
  }

  private booksOf({ books, route, url }: KnownUrl, method: Visit['method']): Books {
    const known = books[method];
    if (known !== undefined) return known;
    const logger = this.surroundings?.logger;
    const log = logger?.isLevelEnabled('info') ? answerLogOf(logger, { method, route, url }) : undefined;
    const opened = { stats: this.metrics.requests.of(method, route), log };
    books[method] = opened;
    return opened;
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

function saidOf(known: KnownUrl, { etag, position }: FinishedJson): string {
  const { said } = known;
  if (said !== undefined && said.etag === etag && said.position === position) return said.lines;
  const link = position === undefined ? undefined : pageLinks(known.url, position);
  const fields = ['cache-control', 'no-cache', 'etag', etag, 'x-cache', 'HIT'];
  const lines = headLines(link === undefined ? fields : [...fields, 'link', link]);
  known.said = { etag, position, lines };
  return lines;
}
