import { ApiSchema, type ApiSchemaOptions } from '@nestjs/swagger';

/**
 * A whole body to try a request with, for a class whose fields do not all go together: without it the documentation
 * would fill in every one of them. A test sends each of them.
 */
export function Example(example: Readonly<Record<string, unknown>>): ClassDecorator {
  const options: ApiSchemaOptions & { readonly example: object } = { example };
  return ApiSchema(options);
}
