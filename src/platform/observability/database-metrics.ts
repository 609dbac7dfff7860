import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Metrics } from './metrics.js';

/** Shows how busy the connection pool is. */
@Injectable()
export class DatabaseMetrics implements OnModuleInit {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const help = 'Connections of the pool that are open or idle, and requests that wait for one.';
    this.metrics.gauges('database_pool', help, 'state', () => ({ ...this.database.poolUse() }));
  }
}
