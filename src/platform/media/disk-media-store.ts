import { randomUUID } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MediaUnavailable } from './media.errors.js';
import { MediaStore } from './media-store.js';

/** Files that are being written; a name below it becomes a stored one by renaming, which is all or nothing. */
const DRAFTS = '.drafts';

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && /^(ENOENT|ENOTDIR)$/.test(String(error.code));

/** Keeps images in a folder. Replicas that have no bucket share it. */
export class DiskMediaStore extends MediaStore {
  constructor(private readonly folder: string) {
    super();
  }

  async write(key: string, bytes: Buffer): Promise<void> {
    const target = join(this.folder, key);
    const draft = join(this.folder, DRAFTS, randomUUID());
    await unlessFailed(async () => {
      await mkdir(dirname(draft), { recursive: true });
      await mkdir(dirname(target), { recursive: true });
      try {
        await writeThrough(draft, bytes);
        await rename(draft, target);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    });
  }

  read(key: string): Promise<Buffer | undefined> {
    return unlessFailed(() => unlessMissing(readFile(join(this.folder, key))));
  }

  async exists(key: string): Promise<boolean> {
    const found = access(join(this.folder, key)).then(() => true);
    return (await unlessFailed(() => unlessMissing(found))) ?? false;
  }

  async remove(key: string): Promise<void> {
    const path = join(this.folder, key);
    await unlessFailed(() => rm(path, { force: true }));
    // The folder of the image goes with its last picture.
    await rmdir(dirname(path)).catch(() => undefined);
  }

  async tidy(before: Date): Promise<void> {
    const drafts = join(this.folder, DRAFTS);
    for (const name of (await unlessMissing(readdir(drafts))) ?? []) {
      const path = join(drafts, name);
      const { mtime } = (await unlessMissing(stat(path))) ?? { mtime: before };
      if (mtime < before) await rm(path, { force: true });
    }
  }
}

/** To the disk itself: what was acknowledged is there after a power cut. */
async function writeThrough(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function unlessFailed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new MediaUnavailable(error);
  }
}
