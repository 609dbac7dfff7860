import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import type { ReturnResponse } from './dto/return.dto.js';
import { toReturn } from './returns/return-mapper.js';
import { ReturnsRepository } from './returns/returns.repository.js';

/** What customers wrote about what they sent back, and what was answered. What was sent back stays with the sale. */
@Injectable()
export class ReturnPrivacy implements PersonalData {
  readonly section = 'returns';

  constructor(private readonly returns: ReturnsRepository) {}

  async exportOf(userId: string): Promise<ReturnResponse[]> {
    return (await this.returns.listOfUser(userId)).map(toReturn);
  }

  erase(userId: string): Promise<void> {
    return this.returns.erase(userId);
  }
}
