import { Body, Controller, Delete, Get, Header, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../security/access.js';
import { MoveTestClock, TestClockResponse } from './test-clock.dto.js';
import { TestClockService } from './test-clock.service.js';

const HELP =
  'For development and tests: in production this route does not exist. What was done stays done when time is put back.';

@ApiTags('Operations')
@Access('public')
@Controller('test-clock')
export class TestClockController {
  constructor(@Inject(TestClockService) private readonly clock: TestClockService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The time of the shop', description: HELP })
  @ApiOkResponse({ type: TestClockResponse })
  get(): TestClockResponse {
    return this.clock.state();
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Move the time of the shop, to try what expires', description: HELP })
  @ApiOkResponse({ type: TestClockResponse })
  move(@Body() body: MoveTestClock) {
    return this.clock.move(body);
  }

  @Delete()
  @ApiOperation({ summary: 'Put the time of the shop back to that of the machine', description: HELP })
  @ApiOkResponse({ type: TestClockResponse })
  reset() {
    return this.clock.move({ reset: true });
  }
}
