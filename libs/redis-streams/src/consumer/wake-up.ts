/**
 * Wakes the one loop that waits on it. It carries no meaning: the loop looks at its own state before and
 * after waiting. Every wait is a new promise, so that racing it against a million reads leaks nothing.
 */
export class WakeUp {
  private ring: (() => void) | undefined;

  wait(): Promise<void> {
    return new Promise((resolve) => (this.ring = resolve));
  }

  call(): void {
    this.ring?.();
  }
}
