import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { type KeyFile, keyFolderState, readKeyFiles } from './key-files.js';
import { KeyRing } from './key-ring.js';
import { type KeySchedule, scheduleKeys } from './key-schedule.js';

/** Milliseconds between two looks at the folder, well within the margin of the schedule. */
const LOOK_INTERVAL = 10_000;

/** The schedule of some key files at a moment, under the settings of the application. */
export function scheduleKeyFiles(files: readonly KeyFile[], now: Date, config: Config): KeySchedule<KeyFile> {
  const { KEY_PUBLISH_SECONDS: publishSeconds, ACCESS_TOKEN_SECONDS: tokenSeconds } = config;
  return scheduleKeys(files, now, { publishSeconds, tokenSeconds });
}

/** The key ring that some key files make at a moment. */
export function makeKeyRing(files: readonly KeyFile[], now: Date, config: Config): KeyRing {
  const { published, signing } = scheduleKeyFiles(files, now, config);
  return new KeyRing(
    published.map(({ privateKey }) => privateKey),
    signing.privateKey,
  );
}

/**
 * Keeps the key ring as the folder and the time have it: new files are taken up without a restart, and the files that
 * are there begin to sign, and are retired, when their time has come. While the folder cannot be read, or a file in it,
 * the ring stays with the files that were read last.
 */
@Injectable()
export class KeyWatch implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(KeyWatch.name);
  private files: readonly KeyFile[] = [];
  private state = '';
  private inForce = '';
  private complaint = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(KeyRing) private readonly ring: KeyRing,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_INTERVAL).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Brings the ring up to date. Never fails. */
  look(): void {
    try {
      this.read();
      this.complaint = '';
    } catch (error) {
      // A file that is being copied is not whole yet, so only a complaint that stays the same is worth one line.
      const complaint = error instanceof Error ? error.message : String(error);
      if (complaint !== this.complaint) this.logger.error(`The keys stay as they were. ${complaint}`);
      this.complaint = complaint;
    }
    if (this.files.length > 0) this.apply(scheduleKeyFiles(this.files, this.clock.now(), this.config));
  }

  private read(): void {
    const state = keyFolderState(this.config.KEYS_DIR);
    if (state === this.state && this.complaint === '') return;
    this.files = readKeyFiles(this.config.KEYS_DIR);
    this.state = state;
  }

  private apply({ signing, published, retired }: KeySchedule<KeyFile>): void {
    const names = published.map(({ name }) => name);
    const inForce = JSON.stringify([signing.name, names, this.state]);
    if (inForce === this.inForce) return;
    this.ring.replace(
      published.map(({ privateKey }) => privateKey),
      signing.privateKey,
    );
    const first = this.inForce === '';
    this.inForce = inForce;
    if (first) return;
    const retiredNames = retired.map(({ name }) => name);
    this.logger.log({ signing: signing.name, published: names, retired: retiredNames }, 'The signing keys changed.');
  }
}
