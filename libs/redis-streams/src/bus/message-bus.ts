import type { DeadLetters } from '../dead-letters/dead-letters.js';
import type { StreamReplayer } from '../replay/stream-replayer.js';
import type { StreamDefinition } from '../envelope/stream-catalog.js';
import type { MessageConsumerService } from './message-consumer.js';
import type { MessageProducerService } from './message-producer.js';

/** Dead letters as both kinds of bus have them. */
export type DeadLetterBox = Pick<
  DeadLetters,
  | 'size'
  | 'list'
  | 'get'
  | 'find'
  | 'replay'
  | 'replayMatching'
  | 'discard'
  | 'redact'
  | 'cleanUp'
  | 'auditTrail'
>;

/** Producer, consumer and what belongs to them, over one store: Redis, or memory for tests. */
export abstract class MessageBus {
  abstract readonly producer: MessageProducerService;
  abstract readonly consumer: MessageConsumerService;
  abstract readonly replayer: StreamReplayer;
  abstract define(stream: string, definition: StreamDefinition): void;
  abstract deadLetters(stream: string): DeadLetterBox;
  /** Ends subscriptions (finishing what is in hand) and timers. */
  abstract close(): Promise<void>;
}
