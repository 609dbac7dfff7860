import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import { PastCustomersRepository } from './past-customers.repository.js';

/** What imports of sales hold about people: what another system calls them. Their sales are told of with the others. */
@Injectable()
export class PastCustomerPrivacy implements PersonalData {
  readonly section = 'pastCustomers';

  constructor(private readonly customers: PastCustomersRepository) {}

  exportOf(userId: string): Promise<Record<string, unknown>[]> {
    return this.customers.ofUser(userId);
  }

  erase(userId: string): Promise<void> {
    return this.customers.erase(userId);
  }
}
