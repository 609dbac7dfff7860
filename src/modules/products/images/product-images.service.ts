import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { InvalidInput } from '../../../common/domain-error.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { type IdempotentRequest, StoredAnswer, withContent } from '../../../platform/http/idempotency.js';
import { IdempotencyRepository } from '../../../platform/http/idempotency.repository.js';
import { ImageNotFound } from '../../../platform/media/media.errors.js';
import { imageIdOf, imagePath } from '../../../platform/media/renditions.js';
import type { Upload } from '../../../platform/media/upload.js';
import type { ProductResponse } from '../dto/product.dto.js';
import { IMAGES_MAX } from '../product.fields.js';
import { ProductJournal } from '../product-journal.service.js';
import { type ProductRow, toProduct, versionsOf } from '../product-row.js';
import { ProductNotFound, VersionMismatch } from '../products.errors.js';
import { ProductsRepository } from '../products.repository.js';
import { ImageIntake } from './image-intake.service.js';

type Tags = readonly string[] | undefined;

/** Puts uploaded images on products, and takes them off. */
@Injectable()
export class ProductImagesService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly products: ProductsRepository,
    private readonly intake: ImageIntake,
    private readonly journal: ProductJournal,
    private readonly answers: IdempotencyRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds images behind those that a product has; one that it has already stays where it is.
   * @param tags entity tags of the product, one of which must be current; any version where undefined
   * @returns the product, or the first answer that was given under the same key
   * @throws {ProductNotFound | VersionMismatch | NotAnImage | ImageTooLarge | UploadsBusy | MediaUnavailable}
   *   {@link InvalidInput} where the product would have too many
   */
  async add(
    productId: string,
    upload: Upload,
    tags: Tags,
    key: IdempotentRequest | undefined,
  ): Promise<ProductResponse | StoredAnswer> {
    // With a key the first answer may have to be given again, whatever has become of the product.
    if (key === undefined) checked(await this.products.findById(productId), tags);
    const taken = await this.intake.take(upload);
    const ids = taken.map(({ id }) => id);
    const request = key && withContent(key, ids);
    const earlier = request && (await this.answers.find(request));
    if (earlier !== undefined) return earlier;
    imagesWith(checked(await this.products.findById(productId), tags), ids);
    await this.intake.keep(taken);
    return this.uow.run(async () => {
      const first = request && (await this.answers.claim(request, this.clock.now()));
      if (first !== undefined) return first;
      const answer = await this.change(productId, tags, (product) => imagesWith(product, ids));
      if (request) await this.answers.record(request, new StoredAnswer(201, JSON.stringify(answer)));
      return answer;
    });
  }

  /**
   * Takes an uploaded image off a product; its files go after a while, unless another product shows it.
   * @throws {ProductNotFound | VersionMismatch | ImageNotFound}
   */
  async remove(productId: string, imageId: string, tags: Tags): Promise<void> {
    await this.uow.run(() =>
      this.change(productId, tags, ({ images }) => {
        const left = images.filter((url) => imageIdOf(url) !== imageId);
        if (left.length === images.length) throw new ImageNotFound();
        return left;
      }),
    );
  }

  private async change(
    productId: string,
    tags: Tags,
    imagesOf: (product: ProductRow) => readonly string[],
  ): Promise<ProductResponse> {
    const before = checked(await this.products.hold(productId), tags);
    const images = imagesOf(before);
    if (images.length === before.images.length) return toProduct(before);
    const row = await this.products.update(productId, { images }, this.clock.now());
    await this.journal.updated(row, before);
    return toProduct(row);
  }
}

/** @throws {ProductNotFound | VersionMismatch} */
function checked(product: ProductRow | undefined, tags: Tags): ProductRow {
  if (product === undefined) throw new ProductNotFound();
  if (tags !== undefined && !versionsOf(tags, product.id).includes(product.version)) throw new VersionMismatch();
  return product;
}

/** @throws {InvalidInput} where they would be too many */
function imagesWith({ images }: ProductRow, ids: readonly string[]): readonly string[] {
  const shown = new Set(images.map(imageIdOf));
  const all = [...images, ...ids.filter((id) => !shown.has(id)).map((id) => imagePath(id))];
  if (all.length > IMAGES_MAX) throw InvalidInput.field('images', `would be more than ${IMAGES_MAX} of the product`);
  return all;
}
