import type { NestInterceptor, Type } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';

/**
 * From the outside in: what is said about an answer in its header, a replayed one included; what keeps answers and
 * replays them. Both lie around whatever a handler has from `UseInterceptors`.
 */
const LAYERS = ['header', 'record'] as const;
type Layer = (typeof LAYERS)[number];

const layers = new WeakMap<object, Layer>();

/**
 * Puts an interceptor into a layer around a handler, in whatever order its decorators stand. One that few handlers
 * need is named on these and not for all: Nest spends a good part of a small request on passing through interceptors.
 */
export function Around(layer: Layer, interceptor: NestInterceptor | Type<NestInterceptor>): MethodDecorator {
  layers.set(interceptor, layer);
  return (_target, _name, descriptor: PropertyDescriptor) => {
    const handler: object = descriptor.value;
    const present: unknown = Reflect.getMetadata(INTERCEPTORS_METADATA, handler);
    const all: object[] = [interceptor, ...(Array.isArray(present) ? present : [])];
    Reflect.defineMetadata(
      INTERCEPTORS_METADATA,
      all.sort((a, b) => depthOf(a) - depthOf(b)),
      handler,
    );
  };
}

function depthOf(interceptor: object): number {
  const layer = layers.get(interceptor);
  return layer === undefined ? LAYERS.length : LAYERS.indexOf(layer);
}
