import { ApiProperty } from '@nestjs/swagger';
import { Example } from '../../../platform/fields/example.js';
import { TextField, UuidField } from '../../../platform/fields/fields.js';

const parentId = {
  optional: true,
  nullable: true,
  description: 'The category above it, at most ten levels deep; null for none.',
};

/** A new category. */
@Example({ name: 'Bathroom' })
export class CreateCategory {
  @TextField({ max: 120, example: 'Bathroom' })
  name!: string;

  @UuidField(parentId)
  parentId?: string | null;
}

/** What changes of a category; its slug stays. */
@Example({ name: 'Kitchen and table' })
export class UpdateCategory {
  @TextField({ max: 120, optional: true })
  name?: string;

  @UuidField(parentId)
  parentId?: string | null;
}

/** A category by itself. */
export class CategoryResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'kitchen', description: 'Made from the first name; never changes.' })
  slug!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  parentId!: string | null;
}

/** A category with those below it. */
export class CategoryNode extends CategoryResponse {
  @ApiProperty({ type: () => [CategoryNode] })
  children!: readonly CategoryNode[];
}

/** The tree of categories, by name on each level. */
export class CategoryTree {
  @ApiProperty({ type: CategoryNode, isArray: true })
  items!: readonly CategoryNode[];
}

/** A category with its neighbours in the tree. */
export class CategoryDetail extends CategoryResponse {
  @ApiProperty({ type: CategoryResponse, isArray: true, description: 'What it lies below, from the root.' })
  ancestors!: readonly CategoryResponse[];

  @ApiProperty({ type: CategoryResponse, isArray: true, description: 'What lies right below it, by name.' })
  children!: readonly CategoryResponse[];
}
