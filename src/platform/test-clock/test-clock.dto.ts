import { ApiProperty } from '@nestjs/swagger';
import { Example } from '../fields/example.js';
import { BoolField, DateTimeField, DurationField } from '../fields/fields.js';

@Example({ advance: 'PT0S' })
export class MoveTestClock {
  @DateTimeField({ optional: true, description: 'The time that it is to be.' })
  now?: string;

  @DurationField({
    optional: true,
    description: 'How far to move it: seconds, or a duration of ISO 8601. Negative puts it back.',
  })
  advance?: string | number;

  @BoolField({ optional: true, description: 'true puts it back to the time of the machine.' })
  reset?: boolean;
}

export class TestClockResponse {
  @ApiProperty({ format: 'date-time' })
  now!: string;

  @ApiProperty({ type: 'number', description: 'Seconds by which it is ahead of the machine; negative where behind.' })
  offsetSeconds!: number;
}
