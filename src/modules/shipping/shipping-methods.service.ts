import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { InvalidInput } from '../../common/domain-error.js';
import { newId } from '../../common/ids.js';
import { decodeCursor, offsetOf, type Page, type PageRequest, toPage } from '../../common/paging.js';
import { CONFIG, type Config } from '../../config/config.js';
import { AppCache } from '../../platform/cache/app-cache.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AuditApi } from '../audit/audit.api.js';
import { USERS_TAG } from '../users/users.events.js';
import type { CreateShippingMethod, ShippingMethodResponse, UpdateShippingMethod } from './dto/shipping-method.dto.js';
import { ShippingMethodNotFound } from './shipping.errors.js';
import { SHIPPING_TAG } from './shipping.events.js';
import type { ShippingMethodRow } from './shipping-method-row.js';
import { ShippingMethodsRepository } from './shipping-methods.repository.js';
import { changedTerms, newTerms, toShippingMethod } from './shipping-terms.js';

/** What staff do with shipping methods. */
@Injectable()
export class ShippingMethodsService {
  constructor(
    private readonly methods: ShippingMethodsRepository,
    private readonly audit: AuditApi,
    private readonly uow: UnitOfWork,
    private readonly cache: AppCache,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** In the order in which buyers see them. */
  async list(request: PageRequest): Promise<Page<ShippingMethodResponse>> {
    const limit = request.perPage + 1;
    const { cursor } = request;
    const rows =
      cursor === undefined
        ? await this.methods.list(limit, offsetOf(request))
        : await this.methods.listAfter(limit, ...placeOf(cursor));
    const total = cursor === undefined ? await this.methods.count() : undefined;
    const keyOf = ({ sort_order, code }: ShippingMethodRow): string[] => [String(sort_order), code];
    return toPage(rows, request, total, keyOf, (row) => this.toResponse(row));
  }

  /** @throws {ShippingMethodNotFound} */
  async get(id: string): Promise<ShippingMethodResponse> {
    const row = await this.methods.find(id);
    if (row === undefined) throw new ShippingMethodNotFound();
    return this.toResponse(row);
  }

  /** @throws {InvalidInput | ShippingCodeTaken} */
  create(input: CreateShippingMethod): Promise<ShippingMethodResponse> {
    const now = this.clock.now();
    const terms = newTerms(input, this.config.STORE_CURRENCY);
    const row = { ...terms, id: newId(), code: input.code, version: 1, created_at: now, updated_at: now };
    return this.uow.run(async () => {
      await this.methods.insert(row);
      return this.changed('created', row.id, undefined);
    });
  }

  /** @throws {ShippingMethodNotFound | InvalidInput} */
  update(id: string, input: UpdateShippingMethod): Promise<ShippingMethodResponse> {
    return this.uow.run(async () => {
      const before = await this.held(id);
      const terms = changedTerms(before, input, this.config.STORE_CURRENCY);
      await this.methods.update({ ...before, ...terms, updated_at: this.clock.now() });
      return this.changed('updated', id, this.toResponse(before));
    });
  }

  /** @throws {ShippingMethodNotFound} */
  delete(id: string): Promise<void> {
    return this.uow.run(async () => {
      const before = this.toResponse(await this.held(id));
      await this.methods.delete(id);
      await this.audit.record({ action: 'shipping_method.deleted', ...subjectOf(id), before: { ...before } });
      // Nobody prefers it any more.
      this.cache.invalidateAfterCommit([SHIPPING_TAG, USERS_TAG]);
    });
  }

  private async held(id: string): Promise<ShippingMethodRow> {
    const row = await this.methods.hold(id);
    if (row === undefined) throw new ShippingMethodNotFound();
    return row;
  }

  private async changed(
    act: 'created' | 'updated',
    id: string,
    before: ShippingMethodResponse | undefined,
  ): Promise<ShippingMethodResponse> {
    const after = await this.get(id);
    const facts = { before: before && { ...before }, after: { ...after } };
    await this.audit.record({ action: `shipping_method.${act}`, ...subjectOf(id), ...facts });
    this.cache.invalidateAfterCommit([SHIPPING_TAG]);
    return after;
  }

  private toResponse(row: ShippingMethodRow): ShippingMethodResponse {
    return toShippingMethod(row, this.config.STORE_CURRENCY);
  }
}

const subjectOf = (id: string) => ({ subjectType: 'shipping_method', subjectId: id });

function placeOf(cursor: string): [number | null, string | null] {
  if (cursor === '') return [null, null];
  const [order, code] = decodeCursor(cursor, 2);
  if (typeof order === 'string' && /^-?\d{1,7}$/.test(order) && typeof code === 'string') return [Number(order), code];
  throw InvalidInput.field('cursor', 'is not a cursor that this list has given');
}
