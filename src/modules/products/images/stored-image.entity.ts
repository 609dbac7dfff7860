import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An image that lies in the media store, or is about to: what is not here is never deleted there. */
@Entity('stored_images')
@Check('stored_images_id_is_digest', "id ~ '^[0-9a-f]{64}$'")
@Index('stored_images_orphans_idx', ['orphanedSince'], { where: 'orphaned_since IS NOT NULL' })
export class StoredImage {
  /** SHA-256 of what was uploaded, in hexadecimal. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'stored_images_pkey' })
  id!: string;

  @Column('timestamptz')
  storedAt!: Date;

  /** When it was first found that no product shows it; null since it was last uploaded. */
  @Column('timestamptz', { nullable: true })
  orphanedSince!: Date | null;
}
