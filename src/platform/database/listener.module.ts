import { Module } from '@nestjs/common';
import { PgListener } from './listener.js';

/** The one listening connection of the process. */
@Module({ providers: [PgListener], exports: [PgListener] })
export class ListenerModule {}
