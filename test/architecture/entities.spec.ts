import 'reflect-metadata';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getMetadataArgsStorage } from 'typeorm';
import { entities } from '../../src/entities.js';

it('src/entities.ts lists every entity there is', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.entity.ts'));
  const declared = files.flatMap((file) =>
    [...readFileSync(join('src', file), 'utf8').matchAll(/^@Entity\([\s\S]*?^export class (\w+)/gm)].map(
      ([, name]) => name,
    ),
  );
  expect(entities.map(({ name }) => name).sort()).toEqual(declared.sort());
});

it('no entity holds an ORM relation: the id is kept, and a foreign key stands in the database', () => {
  expect(entities.length).toBeGreaterThan(0);
  expect(getMetadataArgsStorage().relations.map(({ propertyName }) => propertyName)).toEqual([]);
});
