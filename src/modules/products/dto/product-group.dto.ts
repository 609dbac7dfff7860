import { ApiProperty } from '@nestjs/swagger';
import { TextField, TextListField } from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';
import { isOptionName, OPTION_NAME_MAX, OPTIONS_MAX } from '../groups/variant-rules.js';
import { DESCRIPTION_MAX, NAME_MAX } from '../product.fields.js';
import { ProductResponse } from './product.dto.js';

const name = { max: NAME_MAX, example: 'T-shirt, organic cotton' };
const description = { optional: true, min: 0, max: DESCRIPTION_MAX, verbatim: true };
const optionNames = {
  optional: true,
  min: 1,
  max: OPTIONS_MAX,
  check: isOptionName,
  message: `must be 1 to ${OPTIONS_MAX} names of at most ${OPTION_NAME_MAX} characters, without white space around them`,
  example: ['colour', 'size'],
  description: 'What the members differ in. Without it the first member decides; with members it stays.',
};

/** A new group of products. */
export class CreateProductGroup {
  @TextField(name)
  name!: string;

  @TextField(description)
  description?: string;

  @TextListField(optionNames)
  optionNames?: string[];
}

/** What changes of a group; its slug stays. */
export class UpdateProductGroup {
  @TextField({ ...name, optional: true })
  name?: string;

  @TextField(description)
  description?: string;

  @TextListField(optionNames)
  optionNames?: string[];
}

class GroupFields {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 't-shirt-organic-cotton', description: 'Made from the first name; never changes.' })
  slug!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty({ type: String, isArray: true, description: 'What the members differ in.', example: ['colour', 'size'] })
  optionNames!: readonly string[];

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

/** A group with its members. */
export class ProductGroupResponse extends GroupFields {
  @ApiProperty({ type: ProductResponse, isArray: true, description: 'Those that the public sees, oldest first.' })
  members!: readonly ProductResponse[];
}

/** A group in a list. */
export class ProductGroupSummary extends GroupFields {
  @ApiProperty({ type: 'integer', description: 'How many members the public sees.' })
  memberCount!: number;
}

/** A page of groups, newest first. */
export class ProductGroupPage extends pageOf(ProductGroupSummary, 'ProductGroupPageBase') {}
