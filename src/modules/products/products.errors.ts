import { DomainError, type FieldProblem, NotFound } from '../../common/domain-error.js';

/** No such product, or one that is archived or not for the public. */
export class ProductNotFound extends NotFound {
  constructor() {
    super('product');
  }
}

/** No such category. */
export class CategoryNotFound extends NotFound {
  constructor(path?: string) {
    super('category', path);
  }
}

/** Another product, perhaps an archived one, has this SKU. */
export class SkuTaken extends DomainError {
  constructor() {
    super('conflict', 'sku_taken', 'Another product has this SKU; archived ones keep theirs.', [
      { path: 'sku', message: 'is taken' },
    ]);
  }
}

/** If-Match names a version that is not the current one. */
export class VersionMismatch extends DomainError {
  constructor() {
    super('stale', 'version_mismatch', 'The product has changed since; read it again.');
  }
}

/** A movement would take the stock below zero. */
export class InsufficientStock extends DomainError {
  constructor() {
    super('conflict', 'insufficient_stock', 'There is not that much in stock.', [
      { path: 'delta', message: 'takes more than there is' },
    ]);
  }
}

/** A category cannot move below itself. */
export class CategoryCycle extends DomainError {
  constructor() {
    super('conflict', 'category_cycle', 'A category cannot lie below itself.', [
      { path: 'parentId', message: 'is the category itself or lies below it' },
    ]);
  }
}

/** The tree has an end, in depth too. */
export class CategoryTooDeep extends DomainError {
  constructor(most: number) {
    super('conflict', 'category_too_deep', `Categories lie at most ${most} levels deep.`, [
      { path: 'parentId', message: `takes a category below level ${most}` },
    ]);
  }
}

/** No such category to lie below. */
export class ParentCategoryNotFound extends DomainError {
  constructor() {
    const problem = { path: 'parentId', message: 'names no category' };
    super('not_found', 'category_not_found', 'There is no such category to lie below.', [problem]);
  }
}

/** A category that has others below it stays. */
export class CategoryNotEmpty extends DomainError {
  constructor() {
    super('conflict', 'category_not_empty', 'The category has categories below it; move or delete those first.');
  }
}

/** Lines of a bulk update that name no product, or an archived one. */
export class BulkProductsNotFound extends DomainError {
  constructor(problems: readonly FieldProblem[]) {
    super('not_found', 'product_not_found', 'Some of these products do not exist; nothing was changed.', problems);
  }
}

/** Lines of a bulk update that take more than there is. */
export class BulkInsufficientStock extends DomainError {
  constructor(problems: readonly FieldProblem[]) {
    super('conflict', 'insufficient_stock', 'There is not that much in stock; nothing was changed.', problems);
  }
}

/** No such group of products. */
export class ProductGroupNotFound extends NotFound {
  constructor(path?: string) {
    super('product_group', path);
  }
}

/** The options of a group stay as long as it has members, archived ones included. */
export class ProductGroupNotEmpty extends DomainError {
  constructor() {
    super('conflict', 'product_group_not_empty', 'The group has members, which name the options that it has.', [
      { path: 'optionNames', message: 'cannot change while there are members' },
    ]);
  }
}

/** A group has as many members as its page can show. */
export class ProductGroupFull extends DomainError {
  constructor() {
    super('conflict', 'product_group_full', 'The group has as many members as there can be.', [
      { path: 'groupId', message: 'has no room for another member' },
    ]);
  }
}

/** Another product of the group has these options. */
export class VariantTaken extends DomainError {
  constructor() {
    super('conflict', 'variant_taken', 'Another product of the group has these options.', [
      { path: 'options', message: 'are those of another product of the group' },
    ]);
  }
}
