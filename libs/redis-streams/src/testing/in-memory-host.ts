import type { MessagingObserver } from '../bus/messaging-observer.js';
import type { Clock } from '../clock.js';
import type { StreamCatalog } from '../envelope/stream-catalog.js';
import type { InMemoryStream } from './in-memory-stream.js';

/** What the parts of an in-memory bus share. */
export interface InMemoryHost {
  readonly catalog: StreamCatalog;
  readonly clock: Clock;
  readonly observer: MessagingObserver;
  /** Made when it is first asked for. */
  stream(name: string): InMemoryStream;
}
