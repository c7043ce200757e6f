/** Where a task waits: the name of the store call it is about to make, or `timer`. */
export type WaitPoint = string;

/**
 * A cooperative task that runs real code. Every wait for a store or a timer parks it; nothing of it runs until the
 * scheduler resumes it, and the scheduler goes on only when it is parked again. So there is one thing at work at any
 * time, and a schedule decides which.
 *
 * A crash is a task that is never resumed: no `finally` of it runs, as none does in a process that was killed.
 */
export class Task {
  /** The call that it is about to make. */
  point: WaitPoint = 'start';
  /** The call that it made before. */
  previous: WaitPoint = 'start';
  ended = false;
  dead = false;
  /** Not resumed by the schedule until it is thawed. */
  frozen = false;
  /** How often it came to the top of its loop. */
  laps = 0;
  /** What befalls its next call. */
  armed: NetworkFault | null = null;
  private dueAt = 0;
  private release: (() => void) | null = null;
  private notify: (() => void) | null = null;

  constructor(
    readonly name: string,
    private readonly onPark: (task: Task) => void = () => undefined,
  ) {}

  /** Runs `body` until it parks for the first time. */
  start(body: () => Promise<void>, onError: (error: unknown) => void): Promise<void> {
    return this.untilParked(() => {
      body()
        .catch(onError)
        .finally(() => {
          this.ended = true;
          this.notify?.();
        });
    });
  }

  isRunnable(nowMs: number): boolean {
    return !this.ended && !this.dead && !this.frozen && this.release !== null && this.dueAt <= nowMs;
  }

  /** Lets the task go on until it is parked again, or has ended. */
  resume(): Promise<void> {
    const { release } = this;
    if (!release) throw new Error(`${this.name} is not parked`);
    this.release = null;
    return this.untilParked(release);
  }

  /** Resolves when the scheduler resumes the task. */
  park(point: WaitPoint): Promise<void> {
    return new Promise((resolve) => this.hold(point, 0, resolve));
  }

  /** Calls `callback` when the scheduler resumes the task, not before `dueAt`. */
  parkUntil(dueAt: number, callback: () => void): void {
    this.hold('timer', dueAt, callback);
  }

  private hold(point: WaitPoint, dueAt: number, release: () => void): void {
    this.previous = this.point;
    this.point = point;
    this.dueAt = dueAt;
    this.release = release;
    this.onPark(this);
    this.notify?.();
  }

  private untilParked(go: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.notify = resolve;
      go();
    });
  }
}

/**
 * What can befall a request to a store:
 * - `lost-request`: it never arrives, and the caller hears that the store is unavailable;
 * - `lost-reply`: it takes effect, and the caller hears that the store is unavailable;
 * - `resent`: its reply is lost and the driver sends it once more, unseen by the caller;
 * - `late`: the caller gives up, and it takes effect at some later time.
 */
export const NETWORK_FAULTS = ['lost-request', 'lost-reply', 'resent', 'late'] as const;
export type NetworkFault = (typeof NETWORK_FAULTS)[number];
