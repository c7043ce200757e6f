import { type Timestamp, type UUID } from 'bson';
import { join } from 'node:path';
import { decode, encode } from '../bson/index.js';
import type { SessionRecord } from '../session/session-table.js';
import type { CollectionName, CollectionOptions } from '../store/collection.js';
import type { IndexSpec } from '../store/index-spec.js';
import type { Document } from '../values/index.js';
import { writeFully, type FileLayer } from './file-layer.js';
import { documentsOf, recordHeader } from './record.js';

export const SNAPSHOT_NAME = 'snapshot.bson';
const FORMAT = 1;

/** The parts of a snapshot, in the order in which they stand in the file. */
type SnapshotPart =
  | { part: 'start'; format: number; segment: number; time: Timestamp }
  | { part: 'session'; session: SessionRecord }
  | {
      part: 'collection';
      at: CollectionName;
      uuid: UUID;
      options: CollectionOptions;
      indexes: readonly IndexSpec[];
    }
  /** Documents of the collection named last; they follow as further BSON documents of the record. */
  | { part: 'documents' }
  | { part: 'end' };

export function snapshotStart(segment: number, time: Timestamp): SnapshotPart {
  return { part: 'start', format: FORMAT, segment, time };
}

/** Writes a snapshot beside the old one and puts it into its place when it is complete. */
export class SnapshotWriter {
  private readonly path: string;
  private readonly fd: number;

  constructor(
    private readonly files: FileLayer,
    folder: string,
  ) {
    this.path = join(folder, SNAPSHOT_NAME);
    this.fd = files.open(`${this.path}.tmp`, 'w');
  }

  write(part: SnapshotPart, documents: readonly Document[] = []): void {
    const body = [part, ...documents].map((doc) => encode(doc));
    writeFully(this.files, this.fd, [recordHeader(body), ...body]);
  }

  async finish(): Promise<void> {
    this.write({ part: 'end' });
    await this.files.sync(this.fd);
    this.files.close(this.fd);
    this.files.rename(`${this.path}.tmp`, this.path);
  }

  discard(): void {
    this.files.close(this.fd);
    this.files.remove(`${this.path}.tmp`);
  }
}

export function decodePart(body: Buffer): { part: SnapshotPart; documents: Document[] } {
  const [head, ...documents] = [...documentsOf(body)].map((raw) => decode(raw));
  const part = head as unknown as SnapshotPart;
  if (part.part === 'start' && part.format !== FORMAT) {
    throw new Error(`snapshot format ${part.format} is not known to this version`);
  }
  return { part, documents };
}
