import { DomainError, NotFound } from '../../common/domain-error.js';

/** What was uploaded is no picture of a type that is taken, or a broken one. */
export class NotAnImage extends DomainError {
  constructor(path: string, index: number) {
    const message = 'must be a whole JPEG, PNG, WebP, GIF or AVIF image';
    super('unsupported', 'not_an_image', `${path}: ${message}`, [{ path, message, index }]);
  }
}

/** A file has more bytes, or its picture more pixels, than is taken. */
export class ImageTooLarge extends DomainError {
  constructor(path: string, index: number, message: string) {
    super('too_large', 'image_too_large', `${path}: ${message}`, [{ path, message, index }]);
  }
}

/** More uploads are under way than can be worked on soon. */
export class UploadsBusy extends DomainError {
  constructor() {
    super('unavailable', 'busy', 'Too many images are being uploaded at the moment; try again shortly.', [], {
      retryAfter: 5,
    });
  }
}

/** Where images are kept cannot be reached, or takes no more. */
export class MediaUnavailable extends DomainError {
  constructor(cause: unknown) {
    super('unavailable', 'media_unavailable', 'The images cannot be reached at the moment; try again shortly.');
    this.cause = cause;
  }
}

/** No such image. */
export class ImageNotFound extends NotFound {
  constructor() {
    super('image');
  }
}
