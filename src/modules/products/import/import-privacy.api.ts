import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../../common/personal-data.js';
import { type ImportResponse, toImport } from './dto/import.response.js';
import { ImportJobsRepository } from './import-jobs.repository.js';

/** What imports hold about people: who asked for them. The catalogue that they made is the shop's. */
@Injectable()
export class ImportPrivacy implements PersonalData {
  readonly section = 'catalogueImports';

  constructor(private readonly imports: ImportJobsRepository) {}

  async exportOf(userId: string): Promise<ImportResponse[]> {
    return (await this.imports.ofActor(userId)).map(toImport);
  }

  erase(userId: string): Promise<void> {
    return this.imports.forgetActor(userId);
  }
}
