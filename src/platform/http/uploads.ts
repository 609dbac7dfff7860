import multipart, { type MultipartFile } from '@fastify/multipart';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError, InvalidInput } from '../../common/domain-error.js';
import { ImageTooLarge } from '../media/media.errors.js';
import type { Upload, UploadedFile } from '../media/upload.js';
import { RouteSetting } from './route-setting.js';

/** Names that a field with files may have; the documentation speaks of the first. */
const FIELDS = ['images', 'image', 'files', 'file'];
/** As many as a product can show. */
const MOST_FILES = 20;
/** Beside the files: boundaries and the headers of the parts. */
const OVERHEAD_BYTES = 65_536;

interface RouteSettings {
  readonly multipart?: boolean;
}

class UnsupportedMediaType extends DomainError {
  constructor(message: string) {
    super('unsupported', 'unsupported_media_type', message);
  }
}

class FormTooLarge extends DomainError {
  constructor() {
    super('too_large', 'body_too_large', 'The form is larger than any that is taken.');
  }
}

/** Reads `multipart/form-data` where a handler {@link TakesFiles}, when it asks for it; refuses it everywhere else. */
export async function acceptFiles(server: FastifyInstance, maxBytes: number): Promise<void> {
  server.addHook('onRequest', (request, _reply, done) => {
    const { multipart: taken } = request.routeOptions.config as RouteSettings;
    const { 'content-type': type, 'content-length': length } = request.headers;
    if (type === undefined || !/^multipart\//i.test(type)) done();
    else if (taken !== true) done(new UnsupportedMediaType('Files are not taken here: send JSON.'));
    else if (Number(length) > MOST_FILES * maxBytes + OVERHEAD_BYTES) done(new FormTooLarge());
    else done();
  });
  const limits = { fileSize: maxBytes, files: MOST_FILES, fields: 1, parts: MOST_FILES + 1, headerPairs: 20 };
  await server.register(multipart, {
    limits: { ...limits, fieldNameSize: 100, fieldSize: 1_000 },
    throwFileSizeLimit: false,
  });
}

/** A handler that takes files: its `@Files()` reads them. */
export function TakesFiles(description: string): MethodDecorator {
  const files = { type: 'array', items: { type: 'string', format: 'binary' }, minItems: 1, maxItems: MOST_FILES };
  const schema = { type: 'object', required: [FIELDS[0] as string], properties: { images: { ...files, description } } };
  return applyDecorators(
    RouteSetting({ multipart: true } satisfies RouteSettings),
    ApiConsumes('multipart/form-data'),
    ApiBody({ required: true, schema: schema as never }),
  );
}

/** The files of the request; nothing of them is read before they are asked for. */
export const Files = createParamDecorator(
  (_: unknown, context: ExecutionContext): Upload => new FormFiles(context.switchToHttp().getRequest<FastifyRequest>()),
);

class FormFiles implements Upload {
  constructor(private readonly request: FastifyRequest) {}

  async *files(): AsyncGenerator<UploadedFile> {
    if (!this.request.isMultipart()) throw new UnsupportedMediaType('Images come as multipart/form-data.');
    let index = 0;
    try {
      for await (const part of this.request.parts()) {
        if (!FIELDS.includes(part.fieldname))
          throw InvalidInput.field(part.fieldname || 'body', 'is not a known field');
        if (part.type !== 'file') throw InvalidInput.field(part.fieldname, 'must be a file');
        yield { field: part.fieldname, index, bytes: await bytesOf(part, index) };
        index += 1;
      }
    } catch (error) {
      throw refusalOf(error);
    } finally {
      // The rest of a form that was refused half-way is thrown away as it arrives.
      this.request.raw.unpipe();
      this.request.raw.resume();
    }
    if (index === 0) throw InvalidInput.field(FIELDS[0] as string, 'must hold at least one file');
  }
}

/** @throws {ImageTooLarge} as soon as it is known */
async function bytesOf({ file, fieldname }: MultipartFile, index: number): Promise<Buffer> {
  const tooLarge = new ImageTooLarge(fieldname, index, 'has more bytes than MEDIA_MAX_BYTES allows');
  file.once('limit', () => file.destroy(tooLarge));
  const chunks: Buffer[] = [];
  for await (const chunk of file) chunks.push(chunk as Buffer);
  if (file.truncated) throw tooLarge;
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) throw InvalidInput.field(fieldname, 'is empty');
  return bytes;
}

/** What the parser throws, told by the field; it numbers its limits, and throws plain errors for what it cannot read. */
function refusalOf(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'FST_FILES_LIMIT' || code === 'FST_PARTS_LIMIT') {
    return InvalidInput.field(FIELDS[0] as string, `must hold at most ${MOST_FILES} files`);
  }
  if (code === 'FST_FIELDS_LIMIT') return InvalidInput.field('body', 'has fields that are no files');
  return new InvalidInput([{ path: 'body', message: 'must be a whole multipart/form-data form' }], 'malformed_form');
}
