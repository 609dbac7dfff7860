import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';

const KEEP = statement(
  'stored-images.keep',
  'UPDATE stored_images SET orphaned_since = NULL WHERE id = $1 RETURNING true AS kept',
);
const ANNOUNCE = statement(
  'stored-images.announce',
  `INSERT INTO stored_images (id, stored_at) SELECT id, $2 FROM unnest($1::text[]) AS id ORDER BY id
   ON CONFLICT (id) DO UPDATE SET orphaned_since = NULL`,
);
const MARK = statement(
  'stored-images.mark',
  `WITH shown AS MATERIALIZED (
     SELECT DISTINCT substring(url FROM '/media/([0-9a-f]{64})/') AS id
     FROM products, jsonb_array_elements_text(images) AS url WHERE url LIKE '%/media/%'
   ), found AS (
     SELECT i.id, i.orphaned_since, shown.id IS NOT NULL AS shown
     FROM stored_images i LEFT JOIN shown ON shown.id = i.id
   )
   UPDATE stored_images i SET orphaned_since = CASE WHEN found.shown THEN NULL ELSE $1::timestamptz END
   FROM found WHERE found.id = i.id AND found.shown = (found.orphaned_since IS NOT NULL)`,
);
const ORPHAN = statement(
  'stored-images.orphan',
  `SELECT i.id FROM stored_images i
   WHERE i.orphaned_since < $1 AND NOT EXISTS (
     SELECT 1 FROM products p WHERE p.images::text LIKE '%/media/' || i.id || '/%')
   ORDER BY i.orphaned_since LIMIT 1 FOR UPDATE SKIP LOCKED`,
);
const FORGET = statement('stored-images.forget', 'DELETE FROM stored_images WHERE id = $1');

/** What lies in the media store. */
@Injectable()
export class StoredImagesRepository extends BaseRepository {
  /** Keeps a stored image from being swept; false where it is not stored, or has just been swept. */
  async keep(id: string): Promise<boolean> {
    return (await this.first(KEEP, [id])) !== undefined;
  }

  /** Tells of images before they are stored, so that they are found should nobody come to show them. */
  async announce(ids: readonly string[], now: Date): Promise<void> {
    await this.affect(ANNOUNCE, [ids, now]);
  }

  /** Notes which images are shown by no product, archived ones included, and which are again. */
  async mark(now: Date): Promise<void> {
    await this.affect(MARK, [now]);
  }

  /** An image that nobody has shown since before a moment; whoever uploads it again waits for this transaction. */
  async holdOrphan(before: Date): Promise<string | undefined> {
    return (await this.first<{ id: string }>(ORPHAN, [before]))?.id;
  }

  async forget(id: string): Promise<void> {
    await this.affect(FORGET, [id]);
  }
}
