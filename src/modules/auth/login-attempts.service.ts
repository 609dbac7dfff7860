import { Inject, Injectable } from '@nestjs/common';
import { emailKey } from '../../common/email.js';
import { AttemptLocks } from '../../platform/rate-limits/attempt-locks.js';
import { InvalidCredentials } from './auth.errors.js';

/** The names that somebody logs in by. */
export interface LoginNames {
  readonly email?: string | null | undefined;
  readonly username?: string | null | undefined;
}

const isWrong = (error: unknown): boolean => error instanceof InvalidCredentials;

/**
 * Keeps passwords from being guessed, from however many addresses. Names that nobody has are locked like those that
 * somebody has, so that the lock tells nothing.
 */
@Injectable()
export class LoginAttempts {
  constructor(@Inject(AttemptLocks) private readonly locks: AttemptLocks) {}

  /** Tries to log in by a name. @throws {TooManyRequests} and whatever `work` throws */
  byName<T>(names: LoginNames, work: () => Promise<T>): Promise<T> {
    const [subject] = subjectsOf(names);
    return subject === undefined ? work() : this.locks.attempt(subject, work, isWrong);
  }

  /** Tries the password of somebody who is logged in. @throws {TooManyRequests} and whatever `work` throws */
  byUser<T>(userId: string, work: () => Promise<T>): Promise<T> {
    return this.locks.attempt(userSubject(userId), work, isWrong);
  }

  /** Ends the locks of an account whose owner has set a new password: of its names, and of who is logged in. */
  async forget(owner: LoginNames & { readonly id: string }): Promise<void> {
    for (const subject of [...subjectsOf(owner), userSubject(owner.id)]) await this.locks.forget(subject);
  }
}

const userSubject = (id: string): string => `user:${id}`;

function subjectsOf({ email, username }: LoginNames): string[] {
  const subjects: string[] = [];
  if (typeof email === 'string') subjects.push(`email:${emailKey(email)}`);
  if (typeof username === 'string') subjects.push(`username:${username.toLowerCase()}`);
  return subjects;
}
