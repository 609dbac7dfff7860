import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { InvalidInput } from '../../../common/domain-error.js';
import { isUuid, newId } from '../../../common/ids.js';
import { decodeCursor, offsetOf, type PageRequest, toPage } from '../../../common/paging.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { FinishedJson } from '../../../platform/http/conditional.js';
import { AuditApi } from '../../audit/audit.api.js';
import { CatalogueCache, type ReadPage } from '../catalogue.cache.js';
import type {
  CreateProductGroup,
  ProductGroupResponse,
  ProductGroupSummary,
  UpdateProductGroup,
} from '../dto/product-group.dto.js';
import { ProductJournal } from '../product-journal.service.js';
import { toProduct } from '../product-row.js';
import { ProductGroupNotFound } from '../products.errors.js';
import { PRODUCT_UPDATED } from '../products.events.js';
import { isSlug, slugCandidates } from '../slug.js';
import { type GroupRow, type ListedGroupRow, ProductGroupsRepository } from './product-groups.repository.js';
import { inOrder } from './variant-rules.js';

const END = Buffer.from(']}');
const NOTHING = Buffer.alloc(0);

/** Keeps the groups that variants belong to. */
@Injectable()
export class ProductGroupsService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly groups: ProductGroupsRepository,
    private readonly cache: CatalogueCache,
    private readonly journal: ProductJournal,
    private readonly audit: AuditApi,
    private readonly clock: Clock,
  ) {}

  list(request: PageRequest): Promise<FinishedJson> {
    const place = request.cursor === undefined ? request.page : { cursor: request.cursor };
    return this.cache.list(`groups:${JSON.stringify([place, request.perPage])}`, {
      page: () => this.makeList(request),
      products: async () => [],
    });
  }

  /** @throws {ProductGroupNotFound} */
  show(idOrSlug: string): Promise<FinishedJson> {
    const key = isUuid(idOrSlug) ? idOrSlug.toLowerCase() : idOrSlug;
    return this.cache.list(`group:${key}`, {
      page: async () => {
        const group = await this.get(idOrSlug);
        const head = Buffer.from(`${JSON.stringify(toGroup(group)).slice(0, -1)},"members":[`);
        return { rows: await this.groups.members(group.id), head, tail: END, position: undefined, byStock: false };
      },
      products: async (ids) => {
        const members = await this.groups.members((await this.get(idOrSlug)).id);
        return members.filter(({ id }) => ids.includes(id));
      },
    });
  }

  /** @param id of a group that is known by it elsewhere */
  create({ name, description, optionNames }: CreateProductGroup, id = newId()): Promise<ProductGroupResponse> {
    return this.uow.run(async () => {
      const row = { id, name, description: description ?? '', option_names: names(optionNames) ?? null };
      for (const slug of slugCandidates(name, '', row.id)) {
        const made = await this.groups.insert({ ...row, slug }, this.clock.now());
        if (made !== undefined) return this.changed('created', undefined, made);
      }
      throw new Error(`Every slug for product group ${row.id} is taken.`);
    });
  }

  /** @throws {ProductGroupNotFound} {@link ProductGroupNotEmpty} where the options of members would become others */
  update(idOrSlug: string, { optionNames, ...changes }: UpdateProductGroup): Promise<ProductGroupResponse> {
    return this.uow.run(async () => {
      const before = await this.groups.hold((await this.get(idOrSlug)).id);
      if (before === undefined) throw new ProductGroupNotFound();
      const all = { ...changes, optionNames: names(optionNames) };
      const after = await this.groups.update(before.id, all, this.clock.now());
      return this.changed('updated', before, after ?? before);
    });
  }

  /** Its members stay, each by itself. @throws {ProductGroupNotFound} */
  delete(idOrSlug: string): Promise<void> {
    return this.uow.run(async () => {
      const group = await this.groups.hold((await this.get(idOrSlug)).id);
      if (group === undefined) throw new ProductGroupNotFound();
      const released = await this.groups.release(group.id, this.clock.now());
      await this.journal.record(released.map((change) => ({ type: PRODUCT_UPDATED, ...change })));
      await this.groups.delete(group.id);
      await this.audit.record({ action: 'product_group.deleted', ...subjectOf(group), before: factsOf(group) });
    });
  }

  private async get(idOrSlug: string): Promise<GroupRow> {
    const bySlug = isSlug(idOrSlug) ? await this.groups.findBySlug(idOrSlug) : undefined;
    const group = bySlug ?? (isUuid(idOrSlug) ? await this.groups.find(idOrSlug.toLowerCase()) : undefined);
    if (group === undefined) throw new ProductGroupNotFound();
    return group;
  }

  private async makeList(request: PageRequest): Promise<ReadPage> {
    const total = request.cursor === undefined ? await this.groups.count() : undefined;
    const page = toPage(await this.rows(request), request, total, (row) => [row.id], toSummary);
    const { items: _items, total: _total, ...position } = page;
    // It shows numbers of products and none of them.
    return { rows: [], head: Buffer.from(JSON.stringify(page)), tail: NOTHING, position, byStock: false };
  }

  private rows(request: PageRequest): Promise<ListedGroupRow[]> {
    const limit = request.perPage + 1;
    if (request.cursor === undefined) return this.groups.list(limit, offsetOf(request));
    if (request.cursor === '') return this.groups.list(limit, 0);
    const [id] = decodeCursor(request.cursor, 1);
    if (typeof id !== 'string' || !isUuid(id)) {
      throw InvalidInput.field('cursor', 'is not a cursor that this list has given');
    }
    return this.groups.listAfter(limit, id);
  }

  private async changed(
    act: 'created' | 'updated',
    before: GroupRow | undefined,
    row: GroupRow,
  ): Promise<ProductGroupResponse> {
    const facts = { before: before && factsOf(before), after: factsOf(row) };
    await this.audit.record({ action: `product_group.${act}`, ...subjectOf(row), ...facts });
    this.uow.afterCommit(() => this.cache.productsChanged([]));
    return this.whole(row);
  }

  private async whole(group: GroupRow): Promise<ProductGroupResponse> {
    return { ...toGroup(group), members: (await this.groups.members(group.id)).map(toProduct) };
  }
}

function names(given: readonly string[] | undefined): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const distinct = inOrder([...new Set(given)]);
  if (distinct.length < given.length) throw InvalidInput.field('optionNames', 'must not name an option twice');
  return distinct;
}

const subjectOf = (group: GroupRow) => ({ subjectType: 'product_group', subjectId: group.id });

function factsOf({ slug, name, description, option_names: optionNames }: GroupRow): Readonly<Record<string, unknown>> {
  return { slug, name, description, optionNames };
}

function toGroup(row: GroupRow): Omit<ProductGroupSummary, 'memberCount'> {
  const { id, slug, name, description, option_names: optionNames } = row;
  const times = { createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() };
  return { id, slug, name, description, optionNames: optionNames ?? [], ...times };
}

function toSummary(row: ListedGroupRow): ProductGroupSummary {
  return { ...toGroup(row), memberCount: row.members };
}
