import { Module } from '@nestjs/common';
import { UsersApi } from './users.api.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  controllers: [UsersController],
  providers: [UsersRepository, UsersService, UsersApi],
  exports: [UsersApi],
})
export class UsersModule {}
