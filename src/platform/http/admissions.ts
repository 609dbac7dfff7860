import { Injectable } from '@nestjs/common';
import type { DomainError } from '../../common/domain-error.js';

/** Work that a few requests can have done at a time while others wait, and of which there can be too much. */
export interface Bottleneck {
  /** Most requests that may be on their way to it, wait for it or be at it. */
  readonly most: number;
  /** Whether it is taken up without them: not only requests of the marked routes lead there. */
  readonly isFull: boolean;
  /** What is told to whoever cannot be taken on; made once, for a thousand of them. */
  readonly refusal: DomainError;
}

/** How many requests are on their way to a bottleneck. */
export class Admission {
  private taken = 0;

  constructor(private readonly bottleneck: Bottleneck) {}

  get refusal(): DomainError | undefined {
    const { most, isFull, refusal } = this.bottleneck;
    return isFull || this.taken >= most ? refusal : undefined;
  }

  enter(): void {
    this.taken += 1;
  }

  leave(): void {
    this.taken -= 1;
  }
}

/** The bottlenecks of the application by name; who has one declares it, routes that lead there name it. */
@Injectable()
export class Admissions {
  private readonly known = new Map<string, Admission>();

  declare(name: string, bottleneck: Bottleneck): void {
    this.known.set(name, new Admission(bottleneck));
  }

  /** @throws {Error} where nobody has declared it */
  to(name: string): Admission {
    const admission = this.known.get(name);
    if (admission === undefined) throw new Error(`No bottleneck is declared as "${name}".`);
    return admission;
  }
}
