import { Module } from '@nestjs/common';
import { ListenerModule } from '../database/listener.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { TestClockController } from './test-clock.controller.js';
import { TestClockRepository } from './test-clock.repository.js';
import { TestClockService } from './test-clock.service.js';

/** Time that can be moved, where the shop is not in production. */
@Module({
  imports: [ListenerModule, JobsModule],
  providers: [TestClockRepository, TestClockService],
  controllers: [TestClockController],
})
export class TestClockModule {}
