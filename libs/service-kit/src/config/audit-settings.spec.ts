import { describe, expect, it } from '@jest/globals';
import { AuditSettings } from './audit-settings.js';
import { loadConfig } from './load-config.js';

describe('AuditSettings', () => {
  it('keeps the log in MongoDB, for ever, by default', () => {
    expect(loadConfig(AuditSettings, {})).toMatchObject({
      store: 'mongo',
      retentionDays: 0,
      secretFieldNames: [],
    });
  });

  it('reads PostgreSQL, retention and secret fields', () => {
    const settings = loadConfig(AuditSettings, {
      AUDIT_STORE: 'postgres',
      AUDIT_POSTGRES_URL: 'postgres://me:secret@db:5432/audit?sslmode=require',
      AUDIT_RETENTION_DAYS: '90',
      AUDIT_SECRET_FIELDS: 'iban,taxId',
    });
    expect(settings).toMatchObject({
      store: 'postgres',
      retentionDays: 90,
      secretFieldNames: ['iban', 'taxId'],
    });
  });

  it.each([
    ['AUDIT_STORE', 'mysql'],
    ['AUDIT_POSTGRES_URL', 'mysql://x'],
    ['AUDIT_RETENTION_DAYS', '-1'],
    ['AUDIT_SECRET_FIELDS', 'a, b'],
    ['AUDIT_HASH_KEY', 'short'],
  ])('refuses %s=%s', (variable, value) => {
    expect(() => loadConfig(AuditSettings, { [variable]: value })).toThrow(variable);
  });
});
