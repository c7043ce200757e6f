import {
  Field,
  FreeObjectField,
  PatternField,
  TextField,
  type FieldOptions,
} from '@redis-mongo-sync/service-kit';
import { assertEventType, MessagingError } from '@redis-mongo-sync/redis-streams';
import { faultOfStream } from '../streams/custom-stream.js';

/** In characters, but for bytes of free data as JSON: half of what the audit log takes, as UTF-8 may double them. */
const MOST = { name: 128, prose: 10_000, dataBytes: 32_768 } as const;

/** The name of a person, a room, a service or a thing. */
export const NameField = (field: FieldOptions = {}) => TextField({ ...field, max: MOST.name });

/** What a person has written. */
export const ProseField = (field: FieldOptions = {}) => TextField({ ...field, max: MOST.prose, prose: true });

/** Free data. */
export const DataField = (field: FieldOptions = {}) =>
  FreeObjectField({ description: 'At most 32 KiB as JSON.', ...field, maxBytes: MOST.dataBytes });

/** The id that a client may give an event, so that a repeat is recognised. Harmless in keys, logs and URLs. */
export const EventIdField = () =>
  PatternField({
    pattern: /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/,
    message: 'must have 1 to 128 letters, digits, dots, colons, - and _',
    description: 'Your id of the event: sent again, it is recognised.',
    optional: true,
  });

/** The name of a stream that clients may publish on. */
export const StreamField = (field: FieldOptions = {}) =>
  Field({ ...field, schema: { type: 'string', minLength: 1, maxLength: 128 }, check: faultOfStream });

/** The type of an event that a client publishes. */
export const TypeField = (field: FieldOptions = {}) =>
  Field({ ...field, schema: { type: 'string', minLength: 1, maxLength: 128 }, check: faultOfType });

function faultOfType(type: unknown): string | undefined {
  try {
    assertEventType(type);
  } catch (error) {
    if (error instanceof MessagingError) return 'must be {domain}.{action}, such as order.placed';
    throw error;
  }
  return undefined;
}
