import { ContextStorage } from '../../common/context-storage.js';
import { actorIdOf, personIdOf, principalOf } from './principal.js';

export const ACTOR_KINDS = ['user', 'api_key', 'anonymous', 'cli', 'system', 'provider'] as const;

/** Who acts: somebody known or not over the API, an operator's command, the application by itself, or a provider. */
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** Where an act comes from. */
export interface Origin {
  readonly actor: ActorKind;
  /** The user or the API key, where it is one. */
  readonly actorId: string | null;
  /** The user who acts, or who answers for the API key. */
  readonly personId: string | null;
  /** Id of the access token. */
  readonly tokenId: string | null;
  /** Network address of the client. */
  readonly address: string | null;
  readonly requestId: string | null;
}

/** What is asked of a request; only when somebody wants to know where it comes from. */
interface IncomingRequest {
  readonly id: string;
  readonly ip: string;
}

/** Work that goes on after the request that asked for it. */
interface LaterWork {
  readonly askedBy: Origin;
}

const contexts = new ContextStorage<IncomingRequest | LaterWork | 'cli'>();

/** Runs what answers a request, so that {@link currentOrigin} can tell about it. */
export function withinRequest<T>(request: IncomingRequest, work: () => Promise<T>): Promise<T> {
  return contexts.run(request, work);
}

/** Runs the work of a command-line tool. */
export function withinCommand<T>(work: () => Promise<T>): Promise<T> {
  return contexts.run('cli', work);
}

/** Runs work in the background that somebody has asked for: what it does is theirs. */
export function withinLaterWork<T>(askedBy: Origin, work: () => Promise<T>): Promise<T> {
  return contexts.run({ askedBy }, work);
}

/** Runs what a payment provider decided; a request that told of it is still named, where it is attributed to somebody. */
export function withinProvider<T>(work: () => Promise<T>): Promise<T> {
  const { requestId, address } = currentOrigin();
  return withinLaterWork({ actor: 'provider', actorId: null, personId: null, tokenId: null, requestId, address }, work);
}

/** Where the act under way comes from; the application itself where it is neither a request nor a command. */
export function currentOrigin(): Origin {
  const context = contexts.current();
  if (context === undefined || context === 'cli') {
    return { actor: context ?? 'system', actorId: null, personId: null, tokenId: null, address: null, requestId: null };
  }
  if ('askedBy' in context) return context.askedBy;
  const { id: requestId, ip: address } = context;
  const principal = principalOf(context);
  if (principal.kind === 'guest') {
    return { actor: 'anonymous', actorId: null, personId: null, tokenId: null, address, requestId };
  }
  return {
    actor: principal.kind === 'user' ? 'user' : 'api_key',
    actorId: actorIdOf(principal),
    personId: personIdOf(principal),
    tokenId: principal.kind === 'user' ? principal.tokenId : null,
    address,
    requestId,
  };
}
