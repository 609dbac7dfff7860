import { Injectable } from '@nestjs/common';
import { TOO_LATE, within } from '../../common/within.js';

const CHECK_MS = 1_000;

/** Something that must be so before requests may be sent here, such as migrations being applied. */
export interface ReadinessCheck {
  readonly name: string;
  readonly passed: () => Promise<boolean>;
}

/** Whether a load balancer may send requests to this process, as far as the process itself can tell. */
@Injectable()
export class Readiness {
  /** Set when the process begins to stop: requests under way are answered, new ones should go elsewhere. */
  shuttingDown = false;
  private checks: ReadinessCheck[] = [];

  /** Adds a check. Once it has passed it is not made again. */
  require(check: ReadinessCheck): void {
    this.checks.push(check);
  }

  /** What still stands in the way; empty where nothing does. */
  async obstacles(): Promise<string[]> {
    const failed = await Promise.all(this.checks.map(async (check) => ((await isPassed(check)) ? undefined : check)));
    this.checks = failed.filter((check) => check !== undefined);
    const names = this.checks.map(({ name }) => name);
    return this.shuttingDown ? ['shutting_down', ...names] : names;
  }
}

async function isPassed(check: ReadinessCheck): Promise<boolean> {
  try {
    const answer = await within(CHECK_MS, check.passed());
    return answer !== TOO_LATE && answer;
  } catch {
    return false;
  }
}
