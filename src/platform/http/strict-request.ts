import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { type FieldProblem, InvalidInput } from '../../common/domain-error.js';

/** What every object has: class-transformer and Nest leave such keys out in silence before anybody could refuse them. */
const INHERITED = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/**
 * Validation takes time for each value and longer for each that it refuses, so a body far beyond any that this API
 * has a use for is refused as a whole. A sale of the most lines has 3,600 values, the widest object 50 fields.
 */
const MAX_VALUES = 10_000;
const MAX_FIELDS = 100;
const MAX_NAME = 200;

const READS_QUERY = 'tradepost:reads-query';

/** A handler that takes the query as it came: its parameters are decided by somebody else. */
export function ReadsQuery(): MethodDecorator {
  return SetMetadata(READS_QUERY, true);
}

/** Which parts of a request a handler reads. */
interface Reads {
  readonly query: boolean;
  readonly body: boolean;
}

const unknown = (path: string): FieldProblem => ({ path, message: 'is not a known field' });

/** Reads a JSON body once, up to the first thing in it that validation should not see. */
class BodyWalk {
  private values = 0;

  problemIn(value: unknown, prefix = ''): FieldProblem | undefined {
    this.values += 1;
    if (this.values > MAX_VALUES) return { path: 'body', message: `must not hold more than ${MAX_VALUES} values` };
    if (typeof value !== 'object' || value === null) return undefined;
    return Array.isArray(value) ? this.problemBelow(value, prefix) : this.problemOf(value, prefix);
  }

  private problemOf(value: object, prefix: string): FieldProblem | undefined {
    const names = Object.keys(value);
    if (names.length > MAX_FIELDS) {
      const path = prefix === '' ? 'body' : prefix.slice(0, -1);
      return { path, message: `must not have more than ${MAX_FIELDS} fields` };
    }
    const refused = names.find((name) => INHERITED.has(name) || name.length > MAX_NAME);
    return refused === undefined ? this.problemBelow(value, prefix) : unknown(prefix + refused.slice(0, MAX_NAME));
  }

  private problemBelow(value: object, prefix: string): FieldProblem | undefined {
    for (const [key, part] of Object.entries(value)) {
      const found = this.problemIn(part, `${prefix}${key}.`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** What is wrong with a query, before its parameters are looked at one by one. */
export function queryProblems(query: object, isRead: boolean): FieldProblem[] {
  const names = Object.keys(query);
  return names.filter((name) => !isRead || INHERITED.has(name)).map(unknown);
}

/** What is wrong with a JSON body, before its fields are looked at one by one; `{}` is as good as none. */
export function bodyProblems(body: unknown, isRead: boolean): FieldProblem[] {
  if (body === undefined) return [];
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return [{ path: 'body', message: 'must be a JSON object' }];
  }
  if (!isRead) return Object.keys(body).slice(0, MAX_FIELDS).map(unknown);
  const problem = new BodyWalk().problemIn(body);
  return problem === undefined ? [] : [problem];
}

/** Whether a body was read from JSON; one of another type is a buffer or a stream, and its handler's own business. */
function isJson(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return true;
  return Object.getPrototypeOf(body) === Object.prototype;
}

/**
 * Refuses, by name, what a request says and nobody would hear: parameters of a query that the handler does not read,
 * and fields of a body that it does not. What the handler does read, the validation pipe checks against its DTO.
 */
@Injectable()
export class StrictRequestGuard implements CanActivate {
  private readonly known = new Map<unknown, Reads>();

  canActivate(context: ExecutionContext): boolean {
    const reads = this.readsOf(context);
    const { query, body } = context.switchToHttp().getRequest<FastifyRequest>();
    const problems = queryProblems(query as object, reads.query);
    if (isJson(body)) problems.push(...bodyProblems(body, reads.body));
    if (problems.length > 0) throw new InvalidInput(problems);
    return true;
  }

  private readsOf(context: ExecutionContext): Reads {
    const handler = context.getHandler();
    const known = this.known.get(handler);
    if (known !== undefined) return known;
    const declared: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), handler.name);
    const kinds = new Set(Object.keys(declared ?? {}).map((key) => key.split(':', 1)[0]));
    const has = (kind: RouteParamtypes): boolean => kinds.has(String(kind));
    const query = has(RouteParamtypes.QUERY) || Reflect.hasMetadata(READS_QUERY, handler);
    const reads = { query, body: has(RouteParamtypes.BODY) };
    this.known.set(handler, reads);
    return reads;
  }
}
