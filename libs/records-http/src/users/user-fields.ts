import { TextField, type FieldOptions } from '@redis-mongo-sync/service-kit';
import { MAX_EMAIL_LENGTH, USERS } from '@redis-mongo-sync/sync-core';
import { KeyField } from '../record-fields.js';
import { EXAMPLE_EMAIL } from './examples.js';

const MAX_NAME_LENGTH = 200;

export function EmailField(field: FieldOptions = {}): PropertyDecorator {
  return KeyField(USERS, {
    format: 'email',
    maxLength: MAX_EMAIL_LENGTH,
    description: 'The record key. Trimmed and lower-cased: Ada@Example.org and ada@example.org are one user.',
    example: EXAMPLE_EMAIL,
    ...field,
  });
}

/** A field that people are called by. */
export function NameField(field: FieldOptions = {}): PropertyDecorator {
  return TextField({
    max: MAX_NAME_LENGTH,
    description: 'Trimmed. Without control characters.',
    example: 'Ada Lovelace',
    ...field,
  });
}
