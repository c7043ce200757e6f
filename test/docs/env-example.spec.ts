import { envExample } from '@redis-mongo-sync/service-kit';
import { readFileSync, writeFileSync } from 'node:fs';
import { GatewayConfig } from '../../apps/api-gateway/src/gateway.config.js';
import { EventServiceConfig } from '../../apps/event-service/src/event-service.config.js';
import { SyncServiceConfig } from '../../apps/sync-service/src/sync-service.config.js';
import { UserServiceConfig } from '../../apps/user-service/src/user-service.config.js';

const FILE = '.env.example';
const MARK = '# --- the services ---\n';

describe('.env.example', () => {
  it('lists every setting of the services (WRITE_DOCS=1 writes it)', () => {
    const expected = envExample([
      { service: 'api-gateway', config: GatewayConfig },
      { service: 'user-service', config: UserServiceConfig },
      { service: 'event-service', config: EventServiceConfig },
      { service: 'sync-service', config: SyncServiceConfig },
    ]);
    const [head = ''] = readFileSync(FILE, 'utf8').split(MARK);
    if (process.env.WRITE_DOCS === '1') writeFileSync(FILE, `${head}${MARK}${expected}\n`);
    expect(readFileSync(FILE, 'utf8')).toBe(`${head}${MARK}${expected}\n`);
  });
});
