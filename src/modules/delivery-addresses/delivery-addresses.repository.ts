import { Injectable } from '@nestjs/common';
import { InvalidInput } from '../../common/domain-error.js';
import { isUuid } from '../../common/ids.js';
import { decodeCursor, offsetOf, type PageRequest } from '../../common/paging.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import { DeliveryAddress } from './delivery-address.entity.js';
import { DeliveryAddressNotFound } from './delivery-addresses.errors.js';

const COLUMNS = `id, user_id AS "userId", label, recipient, line1, line2, city, region, postal_code AS "postalCode",
  country, phone, is_default AS "isDefault", created_at AS "createdAt", updated_at AS "updatedAt"`;

const FIND = statement(
  'delivery_addresses.find',
  `SELECT ${COLUMNS} FROM delivery_addresses WHERE id = $1 AND user_id = $2`,
);
const FIND_DEFAULT = statement(
  'delivery_addresses.find_default',
  `SELECT ${COLUMNS} FROM delivery_addresses WHERE user_id = $1 AND is_default`,
);
const PAGE = statement(
  'delivery_addresses.page',
  `SELECT ${COLUMNS} FROM delivery_addresses WHERE user_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3`,
);
const AFTER = statement(
  'delivery_addresses.after',
  `SELECT ${COLUMNS} FROM delivery_addresses WHERE user_id = $1 AND ($3::uuid IS NULL OR id < $3)
   ORDER BY id DESC LIMIT $2`,
);
const COUNT = statement(
  'delivery_addresses.count',
  'SELECT count(*)::integer AS count FROM delivery_addresses WHERE user_id = $1',
);
const LOCK_OWNER = statement('delivery_addresses.lock_owner', 'SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE');
const UNSET_DEFAULT = statement(
  'delivery_addresses.unset_default',
  'UPDATE delivery_addresses SET is_default = false, updated_at = $2 WHERE user_id = $1 AND is_default',
);
const PROMOTE_NEWEST = statement(
  'delivery_addresses.promote_newest',
  `UPDATE delivery_addresses SET is_default = true, updated_at = $2
   WHERE id = (SELECT id FROM delivery_addresses WHERE user_id = $1 ORDER BY id DESC LIMIT 1)`,
);
const ALL = statement(
  'delivery_addresses.all',
  `SELECT ${COLUMNS} FROM delivery_addresses WHERE user_id = $1 ORDER BY id`,
);
const FORGET = statement('delivery_addresses.forget', 'DELETE FROM delivery_addresses WHERE user_id = $1');
const REMOVE = statement(
  'delivery_addresses.remove',
  'DELETE FROM delivery_addresses WHERE id = $1 AND user_id = $2 RETURNING is_default AS "wasDefault"',
);

type Parts = Omit<DeliveryAddress, 'id' | 'userId' | 'createdAt' | 'updatedAt'>;
/** What may change of an address; undefined leaves it. */
export type AddressChange = { readonly [K in keyof Parts]?: Parts[K] | undefined };

/** The addresses that customers keep. */
@Injectable()
export class DeliveryAddressesRepository extends BaseRepository {
  /** Holds back other changes to the addresses of a customer until the transaction ends, so that they can be counted. */
  async lockOwner(userId: string): Promise<void> {
    await this.affect(LOCK_OWNER, [userId]);
  }

  async count(userId: string): Promise<number> {
    return (await this.first<{ count: number }>(COUNT, [userId]))?.count ?? 0;
  }

  /** Rows of one page and one more, newest first. */
  page(userId: string, request: PageRequest): Promise<DeliveryAddress[]> {
    const limit = request.perPage + 1;
    if (request.cursor === undefined) return this.rows(PAGE, [userId, limit, offsetOf(request)]);
    return this.rows(AFTER, [userId, limit, request.cursor === '' ? null : idOf(request.cursor)]);
  }

  /** @throws {DeliveryAddressNotFound} also where it is someone else's */
  async get(userId: string, id: string): Promise<DeliveryAddress> {
    const address = await this.first<DeliveryAddress>(FIND, [id, userId]);
    if (address === undefined) throw new DeliveryAddressNotFound();
    return address;
  }

  findDefault(userId: string): Promise<DeliveryAddress | undefined> {
    return this.first(FIND_DEFAULT, [userId]);
  }

  async insert(address: DeliveryAddress): Promise<void> {
    await this.entities(DeliveryAddress).insert(address);
  }

  async change(id: string, change: AddressChange, now: Date): Promise<void> {
    await this.entities(DeliveryAddress).update({ id }, { ...change, updatedAt: now });
  }

  async unsetDefault(userId: string, now: Date): Promise<void> {
    await this.affect(UNSET_DEFAULT, [userId, now]);
  }

  async promoteNewest(userId: string, now: Date): Promise<void> {
    await this.affect(PROMOTE_NEWEST, [userId, now]);
  }

  /** Every address of a customer, oldest first. */
  all(userId: string): Promise<DeliveryAddress[]> {
    return this.rows(ALL, [userId]);
  }

  /** Deletes every address of a customer. */
  async forget(userId: string): Promise<void> {
    await this.affect(FORGET, [userId]);
  }

  /**
   * Deletes an address and tells whether it was the default.
   * @throws {DeliveryAddressNotFound} also where it is someone else's
   */
  async remove(userId: string, id: string): Promise<boolean> {
    const removed = await this.first<{ wasDefault: boolean }>(REMOVE, [id, userId]);
    if (removed === undefined) throw new DeliveryAddressNotFound();
    return removed.wasDefault;
  }
}

function idOf(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !isUuid(id))
    throw InvalidInput.field('cursor', 'is not a cursor that this list has given');
  return id;
}
