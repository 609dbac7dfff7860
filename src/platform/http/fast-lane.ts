import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LruMap } from '../cache/lru-map.js';
import { Coherence } from '../coherence/coherence.js';
import { Metrics } from '../observability/metrics.js';
import type { RateLimitPolicy } from '../rate-limits/rate-limit-policy.js';
import { RateLimits } from '../rate-limits/rate-limits.js';
import { addressKey } from './client-address.js';
import { type FinishedJson, isNoneMatch } from './conditional.js';
import { pageLinks } from './links.js';
import { limitField, policyField } from './rate-limit-headers.js';
import { countedByCaller } from './route-class.js';

/** Addresses that are remembered, and how long they may be. */
const MOST_URLS = 20_000;
const LONGEST_URL = 512;
/** Origins whose headers are remembered; a page of another one goes the long way. */
const MOST_ORIGINS = 64;

const JSON_TYPE = 'application/json; charset=utf-8';

/** Set anew for each answer, so not part of what is learnt from another one. */
const VARYING = new Set(['x-request-id', 'cache-control', 'connection', 'keep-alive']);

/** A request that was answered with finished JSON before, and how to have that again without asking the database. */
interface KnownUrl {
  readonly again: () => FinishedJson | undefined;
  position?: FinishedJson['position'];
  link: string | undefined;
}

/**
 * Answers requests that were answered before, with bytes that are in memory and still right, ahead of the whole
 * pipeline: no guard, pipe or interceptor runs. What it knows it has learnt from answers of that pipeline, by the exact
 * URL; anything that it does not know, or may not answer, goes on into it.
 */
@Injectable()
export class FastLane implements OnModuleInit {
  private readonly urls = new LruMap<KnownUrl>(MOST_URLS);
  private readonly heads = new LruMap<readonly string[]>(MOST_ORIGINS);
  private answered = 0;
  private lookedUp = 0;
  private readonly policyFields = new Map<RateLimitPolicy, string>();

  constructor(
    @Inject(Coherence) private readonly coherence: Coherence,
    @Inject(RateLimits) private readonly limits: RateLimits,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const help = 'Requests that were answered ahead of the pipeline, of those that were looked up.';
    this.metrics.counters('fast_lane_requests_total', help, 'result', () => {
      return { answered: this.answered, passed: this.lookedUp - this.answered };
    });
  }

  /** To be called after the hooks that every request must go through, and before those that set headers. */
  enter(server: FastifyInstance): void {
    server.addHook('onRequest', (request, reply, done) => {
      const { method, url = '' } = request.raw;
      const known = method === 'GET' || method === 'HEAD' ? this.urls.get(url) : undefined;
      if (known === undefined || hasBody(request)) return done();
      this.lookedUp += 1;
      const fresh = this.coherence.fresh();
      if (typeof fresh === 'boolean') {
        if (!fresh || !this.answer(known, request, reply)) done();
        return undefined;
      }
      fresh
        .then((is) => is && this.answer(known, request, reply))
        .then(
          (answered) => void (answered || done()),
          () => done(),
        );
      return undefined;
    });
  }

  /** To be called after the hooks that set headers: learns those that every answer has. */
  learnHeaders(server: FastifyInstance): void {
    server.addHook('onRequest', (request, reply, done) => {
      const origin = request.headers.origin ?? '';
      if (this.heads.get(origin) === undefined) {
        const entries = Object.entries(reply.getHeaders()).filter(([name]) => !VARYING.has(name));
        this.heads.set(
          origin,
          entries.flatMap(([name, value]) => [name, String(value)]),
        );
      }
      done();
    });
  }

  /** Remembers a request that was answered with JSON that can be had again. */
  remember(request: FastifyRequest, { again }: FinishedJson): void {
    const { url = '' } = request.raw;
    if (again !== undefined && url.length <= LONGEST_URL) this.urls.set(url, { again, link: undefined });
  }

  private answer(known: KnownUrl, request: FastifyRequest, reply: FastifyReply): boolean {
    const head = this.heads.get(request.headers.origin ?? '');
    // While the server closes, the rest of the pipeline knows how to say so.
    if (head === undefined || reply.hasHeader('connection')) return false;
    const answer = known.again();
    if (answer === undefined) return false;
    const limited = this.count(request);
    if (limited === undefined) return false;
    const { body, etag, position } = answer;
    const fields = [
      'x-request-id',
      request.id,
      'cache-control',
      'no-cache',
      'etag',
      etag,
      'x-cache',
      'HIT',
      ...limited,
    ];
    const link = linkOf(known, request.url, position);
    if (link !== undefined) fields.push('link', link);
    const { raw } = reply.hijack();
    const status = isNoneMatch(request.headers['if-none-match'], etag) ? 304 : 200;
    const isHead = request.method === 'HEAD';
    if (status === 200 || isHead) fields.push('content-type', JSON_TYPE, 'content-length', String(body.length));
    raw.writeHead(status, head.concat(fields));
    if (status === 304 || isHead) raw.end();
    else raw.end(body);
    this.answered += 1;
    return true;
  }

  /** The rate-limit headers of a request that may pass; undefined where it may not, or only Redis can tell. */
  private count(request: FastifyRequest): readonly string[] | undefined {
    if (!this.limits.enabled) return [];
    const { address, caller } = this.limits.policies;
    const key = addressKey(request);
    if (countedByCaller('read', request) && this.limits.takeNow(address, key) === undefined) return undefined;
    const verdict = this.limits.takeNow(caller.read, key);
    if (verdict === undefined) return undefined;
    return ['ratelimit-policy', this.policyFieldOf(caller.read), 'ratelimit', limitField(verdict)];
  }

  private policyFieldOf(policy: RateLimitPolicy): string {
    const known = this.policyFields.get(policy) ?? policyField(policy);
    this.policyFields.set(policy, known);
    return known;
  }
}

function hasBody({ headers }: FastifyRequest): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

function linkOf(known: KnownUrl, url: string, position: FinishedJson['position']): string | undefined {
  if (position !== undefined && known.position !== position) {
    known.link = pageLinks(url, position);
    known.position = position;
  }
  return known.link;
}
