import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Turnstile } from '../../common/turnstile.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Admissions } from '../http/admissions.js';
import { PrintingBusy } from './documents.errors.js';
import type { Drawing } from './drawing.js';
import { Lettering } from './lettering.js';
import { type FontFile, PdfThread } from './pdf-thread.js';

/** What routes name that print a document. */
export const PRINTING = 'printing';
/** A document takes the thread some tens of milliseconds, one of hundreds of lines some hundreds. */
const MOST_WAITING = 64;
const LONGEST_WAIT_MS = 10_000;

/** Noto Sans comes in parts, by script; the first that has a character draws it. */
const SCRIPTS = ['latin', 'latin-ext', 'greek', 'greek-ext', 'cyrillic', 'cyrillic-ext', 'vietnamese', 'devanagari'];
const WEIGHTS = [
  ['regular', 400],
  ['bold', 700],
] as const;

const busy = (): PrintingBusy => new PrintingBusy();

/** Makes PDF files, one after another, in a thread of its own: the process goes on answering. */
@Injectable()
export class Printer implements OnModuleInit, OnApplicationShutdown {
  private readonly turnstile = new Turnstile(1, MOST_WAITING, LONGEST_WAIT_MS, busy);
  private readonly thread: PdfThread;
  private known: Promise<Lettering> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Admissions) private readonly admissions: Admissions,
  ) {
    this.thread = new PdfThread(fontFiles(config.DOCUMENT_FONTS));
  }

  /** @throws {Error} naming the setting, where it names a file that cannot be read */
  onModuleInit(): void {
    const { turnstile } = this;
    this.admissions.declare(PRINTING, {
      most: 1 + MOST_WAITING,
      refusal: busy(),
      get isFull() {
        return turnstile.isFull;
      },
    });
    for (const path of this.config.DOCUMENT_FONTS) {
      try {
        accessSync(path, constants.R_OK);
      } catch (cause) {
        throw new Error(`DOCUMENT_FONTS names a file that cannot be read: ${path}`, { cause });
      }
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.thread.stop();
  }

  /** How wide texts are, for laying them out. */
  lettering(): Promise<Lettering> {
    this.known ??= this.thread.metrics().then((faces) => new Lettering(faces));
    // What failed once may succeed later, and is asked for again.
    this.known.catch(() => {
      this.known = undefined;
    });
    return this.known;
  }

  /**
   * The drawing as a PDF file; the same drawing gives the same bytes.
   * @throws {PrintingBusy}
   */
  print(drawing: Drawing): Promise<Buffer> {
    return this.turnstile.pass(() => this.thread.print(drawing));
  }
}

function fontFiles(more: readonly string[]): FontFile[] {
  const { resolve } = createRequire(import.meta.url);
  const own = WEIGHTS.flatMap(([weight, number]) =>
    SCRIPTS.map((script) => ({
      path: resolve(`@fontsource/noto-sans/files/noto-sans-${script}-${number}-normal.woff`),
      weights: [weight],
    })),
  );
  return [...own, ...more.map((path) => ({ path, weights: WEIGHTS.map(([weight]) => weight) }))];
}
