import type { FailPoints } from '../failpoint/fail-points.js';
import type { Store } from '../store/store.js';
import type { CursorTable } from './cursor-table.js';
import type { Topology } from './topology.js';

/** The parts of a running server that commands work with. */
export interface Node {
  readonly store: Store;
  readonly cursors: CursorTable;
  readonly failPoints: FailPoints;
  readonly topology: Topology;
  readonly startedAt: Date;
  connectionCount(): { current: number; total: number };
}
