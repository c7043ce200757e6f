import type { Fields } from './fields.js';

/** The parts of MongoDB's unified test format (schema 1.x) that are run here. */
export interface TestFile {
  description: string;
  schemaVersion: string;
  runOnRequirements?: Requirement[];
  createEntities?: EntityDescription[];
  initialData?: CollectionData[];
  tests: TestCase[];
}

export interface TestCase {
  description: string;
  runOnRequirements?: Requirement[];
  skipReason?: string;
  operations: Operation[];
  expectEvents?: ExpectedEvents[];
  outcome?: CollectionData[];
}

export interface Requirement {
  minServerVersion?: string;
  maxServerVersion?: string;
  topologies?: string[];
  serverless?: string;
  auth?: boolean;
  csfle?: unknown;
  serverParameters?: Fields;
}

/** One key: the kind of the entity; its value: the settings, with the `id` others know it by. */
export type EntityDescription = Record<string, Fields & { id: string }>;

export interface CollectionData {
  databaseName: string;
  collectionName: string;
  documents: Fields[];
  createOptions?: Fields;
}

export interface Operation {
  name: string;
  /** Id of an entity, or `testRunner`. */
  object: string;
  arguments?: Fields;
  ignoreResultAndError?: boolean;
  expectError?: ExpectedError;
  expectResult?: unknown;
  saveResultAsEntity?: string;
}

export interface ExpectedError {
  isError?: boolean;
  isClientError?: boolean;
  isTimeoutError?: boolean;
  errorContains?: string;
  errorCode?: number;
  errorCodeName?: string;
  errorLabelsContain?: string[];
  errorLabelsOmit?: string[];
  errorResponse?: unknown;
  expectResult?: unknown;
}

export interface ExpectedEvents {
  client: string;
  eventType?: string;
  ignoreExtraEvents?: boolean;
  /** Each with one key: `commandStartedEvent`, … */
  events: Record<string, Fields>[];
}
