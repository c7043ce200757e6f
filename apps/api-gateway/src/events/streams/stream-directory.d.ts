import type { Redis } from 'ioredis';
export interface StreamDirectoryOptions {
  readonly redis: Redis;
  /** Most streams there may be, the product's own counted. */
  readonly maxStreams: number;
}
/** Knows every stream with events, and gives each the groups that must read it before it may be trimmed. */
export declare class StreamDirectory {
  private readonly options;
  /** Stream → its registration, and when that began. Requests that come together share one. */
  private readonly registered;
  constructor(options: StreamDirectoryOptions);
  /**
   * Makes a stream known before its first event, so that its readers find it.
   *
   * @throws ProblemError `Unprocessable` when there are too many already; StoreUnavailableError
   */
  register(stream: string): Promise<void>;
  /** Registers the product's own streams. */
  prepare(): Promise<void>;
  /** Every known stream, the product's own first. */
  list(): Promise<readonly string[]>;
  private add;
}
/** The groups that read a stream, whoever started them. */
export declare function groupsOf(stream: string): readonly string[];
