import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { cursorId, offsetOf, type Page, type PageRequest, toPage } from '../../common/paging.js';
import { AppCache } from '../../platform/cache/app-cache.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AuditApi } from '../audit/audit.api.js';
import type { CreateTaxRate, TaxRateResponse, UpdateTaxRate } from './dto/tax-rate.dto.js';
import { changedRate, newRate, type TaxRateRow, toTaxRate } from './tax-rate-row.js';
import { TaxRatesRepository } from './tax-rates.repository.js';
import { TaxRateNotFound } from './taxes.errors.js';
import { TAXES_TAG } from './taxes.events.js';

/** What staff do with rates of tax. */
@Injectable()
export class TaxRatesService {
  constructor(
    private readonly rates: TaxRatesRepository,
    private readonly audit: AuditApi,
    private readonly uow: UnitOfWork,
    private readonly cache: AppCache,
    private readonly clock: Clock,
  ) {}

  /** Newest first. */
  async list(request: PageRequest): Promise<Page<TaxRateResponse>> {
    const limit = request.perPage + 1;
    const keyOf = ({ id }: TaxRateRow): string[] => [id];
    if (request.cursor === undefined) {
      const rows = await this.rates.list(limit, offsetOf(request));
      return toPage(rows, request, await this.rates.count(), keyOf, toTaxRate);
    }
    const after = cursorId(request.cursor);
    const rows = after === undefined ? this.rates.list(limit, 0) : this.rates.listAfter(limit, after);
    return toPage(await rows, request, undefined, keyOf, toTaxRate);
  }

  /** @throws {TaxRateNotFound} */
  async get(id: string): Promise<TaxRateResponse> {
    const row = await this.rates.find(id);
    if (row === undefined) throw new TaxRateNotFound();
    return toTaxRate(row);
  }

  /** @throws {InvalidInput | TaxRateTaken} */
  create(input: CreateTaxRate): Promise<TaxRateResponse> {
    const now = this.clock.now();
    const row = { ...newRate(input), id: newId(), version: 1, created_at: now, updated_at: now };
    return this.uow.run(async () => {
      await this.rates.insert(row);
      return this.changed('created', row.id, undefined);
    });
  }

  /** @throws {TaxRateNotFound | InvalidInput | TaxRateTaken} */
  update(id: string, input: UpdateTaxRate): Promise<TaxRateResponse> {
    return this.uow.run(async () => {
      const before = await this.held(id);
      await this.rates.update({ ...before, ...changedRate(before, input), updated_at: this.clock.now() });
      return this.changed('updated', id, toTaxRate(before));
    });
  }

  /** @throws {TaxRateNotFound} */
  delete(id: string): Promise<void> {
    return this.uow.run(async () => {
      const before = toTaxRate(await this.held(id));
      await this.rates.delete(id);
      await this.audit.record({ action: 'tax_rate.deleted', ...subjectOf(id), before: { ...before } });
      this.cache.invalidateAfterCommit([TAXES_TAG]);
    });
  }

  private async held(id: string): Promise<TaxRateRow> {
    const row = await this.rates.hold(id);
    if (row === undefined) throw new TaxRateNotFound();
    return row;
  }

  private async changed(
    act: 'created' | 'updated',
    id: string,
    before: TaxRateResponse | undefined,
  ): Promise<TaxRateResponse> {
    const after = await this.get(id);
    const facts = { before: before && { ...before }, after: { ...after } };
    await this.audit.record({ action: `tax_rate.${act}`, ...subjectOf(id), ...facts });
    this.cache.invalidateAfterCommit([TAXES_TAG]);
    return after;
  }
}

const subjectOf = (id: string) => ({ subjectType: 'tax_rate', subjectId: id });
