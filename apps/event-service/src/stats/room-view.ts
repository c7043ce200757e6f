import { ApiProperty } from '@nestjs/swagger';

/** A room, as `chat-processing-group` knows it. */
export class RoomView {
  @ApiProperty({ example: 'lobby' })
  readonly roomId!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  readonly lastMessage!: object;

  @ApiProperty({ example: '1772360130000-0' })
  readonly entryId!: string;
}
