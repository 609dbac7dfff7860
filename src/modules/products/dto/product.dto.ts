import { ApiProperty } from '@nestjs/swagger';
import { Example } from '../../../platform/fields/example.js';
import {
  BoolField,
  CurrencyField,
  DateTimeField,
  IntField,
  MoneyField,
  MoneyInputField,
  ObjectField,
  TextField,
  TextListField,
  TextMapField,
  UuidField,
} from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';
import { TAX_CATEGORY, TAX_CATEGORY_MAX } from '../../taxes/taxes.events.js';
import { OPTIONS_MAX } from '../groups/variant-rules.js';
import {
  ATTRIBUTES_MAX,
  DESCRIPTION_MAX,
  IMAGES_MAX,
  isImage,
  NAME_MAX,
  SKU_MAX,
  SKU_PATTERN,
  STOCK_MAX,
  WEIGHT_MAX,
} from '../product.fields.js';

const sku = {
  max: SKU_MAX,
  pattern: { regex: SKU_PATTERN, message: `must be a text of 1 to ${SKU_MAX} characters` },
  example: 'MUG-350-BLUE',
};
const name = { max: NAME_MAX, example: 'Stoneware mug, 350 ml' };
const description = { optional: true, min: 0, max: DESCRIPTION_MAX, verbatim: true };
const price = { description: "The regular price, in the shop's currency, with at most its decimal digits." };
const salePrice = { optional: true, nullable: true, description: 'A lower price for a time; null for none.' };
const category = { optional: true, nullable: true, description: 'Slug or id of a category.', example: 'kitchen' };
const attributes = { optional: true, maxKeys: ATTRIBUTES_MAX, example: { material: 'stoneware' } };
const groupId = { optional: true, nullable: true, description: 'Group of variants that it belongs to; null for none.' };
const options = {
  optional: true,
  maxKeys: OPTIONS_MAX,
  example: { colour: 'blue', size: 'M' },
  description: 'In what it differs from the others of its group; all of them name the same.',
};
const images = {
  optional: true,
  max: IMAGES_MAX,
  check: isImage,
  message: `must be at most ${IMAGES_MAX} http(s) URLs or paths`,
  example: ['/images/mug.webp'],
};
const lowStockThreshold = {
  ...{ optional: true, nullable: true, max: STOCK_MAX, example: 5 },
  description: 'Stock below this is low; 0 for never, null for what the shop has set. Shown to staff alone.',
};
const weight = {
  ...{ optional: true, nullable: true, max: WEIGHT_MAX, example: 350 },
  description: 'Grams, as it is sent, for shipping by weight; null for not known. Shown to staff alone.',
};
const taxCategory = {
  ...{ optional: true, max: TAX_CATEGORY_MAX, pattern: TAX_CATEGORY, example: 'reduced' },
  description: 'Which rates of tax it has; standard without it. Shown to staff alone.',
};
const active = { optional: true, description: 'Whether the public sees it.' };

/** The category of a product. */
export class ProductCategory {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'kitchen' })
  slug!: string;

  @ApiProperty({ example: 'Kitchen' })
  name!: string;
}

/** A lower price for a time. */
export class SalePriceResponse {
  @MoneyField()
  price!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: since ever.' })
  from!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Excluded; null: without end.' })
  to!: string | null;
}

/** A lower price for a time, as it is asked for. */
export class SalePriceInput {
  @MoneyInputField({ description: 'Below the regular price.' })
  price!: string | number;

  @DateTimeField({ optional: true, nullable: true, description: 'When it begins; at once without it.' })
  from?: string | null;

  @DateTimeField({ optional: true, nullable: true, description: 'When it is over; never without it.' })
  to?: string | null;
}

/** A product, as everybody sees it. */
export class ProductResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'MUG-350-BLUE' })
  sku!: string;

  @ApiProperty({ example: 'stoneware-mug-350-ml', description: 'Made from the first name; never changes.' })
  slug!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty()
  description!: string;

  @MoneyField({ description: 'What is charged now.' })
  price!: string;

  @MoneyField({ description: 'What is charged without the sale price.' })
  regularPrice!: string;

  @ApiProperty({ type: SalePriceResponse, nullable: true, description: 'Charged in its period; null when it is over.' })
  salePrice!: SalePriceResponse | null;

  @CurrencyField()
  currency!: string;

  @ApiProperty({ type: 'integer' })
  stock!: number;

  @ApiProperty()
  inStock!: boolean;

  @ApiProperty({ type: ProductCategory, nullable: true })
  category!: ProductCategory | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  attributes!: Readonly<Record<string, string>>;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Group of variants that it belongs to.' })
  groupId!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'In what it differs from the others of its group.',
    example: { colour: 'blue', size: 'M' },
  })
  options!: Readonly<Record<string, string>>;

  @ApiProperty({ type: String, isArray: true })
  images!: readonly string[];

  @ApiProperty()
  active!: boolean;

  @ApiProperty({ type: 'integer', description: 'Grows with every change, of stock too.' })
  version!: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

/** A category and how many of the products that were asked for are in it. */
export class CategoryFacet {
  @ApiProperty()
  slug!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ type: 'integer' })
  count!: number;
}

/** The lowest and the highest price; null where there is no product. */
export class PriceFacet {
  @ApiProperty({ type: String, nullable: true })
  min!: string | null;

  @ApiProperty({ type: String, nullable: true })
  max!: string | null;
}

/** What could be asked for next, over the same filters; where total is not exact, over those products that were counted. */
export class ProductFacets {
  @ApiProperty({
    type: CategoryFacet,
    isArray: true,
    description:
      'The hundred fullest categories of the products themselves, not of those above them, over all filters, category included.',
  })
  category!: readonly CategoryFacet[];

  @ApiProperty({ type: PriceFacet })
  price!: PriceFacet;
}

/** A page of products. */
export class ProductPage extends pageOf(ProductResponse, 'ProductPageBase') {
  @ApiProperty({
    required: false,
    description:
      'Present and false where total is no exact count. In catalogues of more than 20000 products a search is counted ' +
      'up to 1000 products and a range of prices up to 10000: there is at least that many; and a search that is ' +
      'expected to find more than 1000 is not counted but estimated. Exact totals are always those of everything, of a category and of inStock.',
  })
  totalIsExact?: boolean;

  @ApiProperty({ type: ProductFacets, required: false, description: 'Only with facets=true.' })
  facets?: ProductFacets;
}

/** A new product. */
@Example({
  sku: 'MUG-350-GREEN',
  name: 'Stoneware mug, 350 ml, green',
  price: '14.90',
  stock: 50,
  description: 'Glazed inside and out.',
  category: 'kitchen',
  attributes: { material: 'stoneware', colour: 'green' },
})
export class CreateProduct {
  @TextField(sku)
  sku!: string;

  @TextField(name)
  name!: string;

  @MoneyInputField(price)
  price!: string | number;

  @ObjectField(() => SalePriceInput, salePrice)
  salePrice?: SalePriceInput | null;

  @IntField({ optional: true, max: STOCK_MAX, description: 'First stock, kept as a receipt; 0 without it.' })
  stock?: number;

  @TextField(description)
  description?: string;

  @TextField(category)
  category?: string | null;

  @TextMapField(attributes)
  attributes?: Record<string, string>;

  @UuidField(groupId)
  groupId?: string | null;

  @TextMapField(options)
  options?: Record<string, string>;

  @TextListField(images)
  images?: string[];

  @BoolField({ ...active, description: 'Whether the public sees it; true without it.' })
  active?: boolean;

  @IntField(lowStockThreshold)
  lowStockThreshold?: number | null;

  @IntField(weight)
  weight?: number | null;

  @TextField(taxCategory)
  taxCategory?: string;
}

/** What changes of a product; stock has routes of its own. */
@Example({ price: '15.90' })
export class UpdateProduct {
  @TextField({ ...sku, optional: true })
  sku?: string;

  @TextField({ ...name, optional: true })
  name?: string;

  @MoneyInputField({ ...price, optional: true })
  price?: string | number;

  @ObjectField(() => SalePriceInput, salePrice)
  salePrice?: SalePriceInput | null;

  @TextField(description)
  description?: string;

  @TextField(category)
  category?: string | null;

  @TextMapField(attributes)
  attributes?: Record<string, string>;

  @UuidField(groupId)
  groupId?: string | null;

  @TextMapField(options)
  options?: Record<string, string>;

  @TextListField(images)
  images?: string[];

  @BoolField(active)
  active?: boolean;

  @IntField(lowStockThreshold)
  lowStockThreshold?: number | null;

  @IntField(weight)
  weight?: number | null;

  @TextField(taxCategory)
  taxCategory?: string;
}
