import { Module } from '@nestjs/common';
import { Printer } from './printer.js';

/** Documents on paper. */
@Module({ providers: [Printer], exports: [Printer] })
export class DocumentsModule {}
