import { describe, expect, it } from '@jest/globals';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';
import { translateMongoError } from './mongo-errors.js';

describe('translateMongoError', () => {
  it("takes a socket's own error, which the driver lets through, for an outage", async () => {
    const server = createServer((socket) => void socket.resetAndDestroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    server.close();
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(translateMongoError(error)).toBeInstanceOf(StoreUnavailableError);
  });

  it('leaves errors alone that are none of the network', () => {
    const error = new TypeError('a bug');
    expect(translateMongoError(error)).toBe(error);
    const file = Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' });
    expect(translateMongoError(file)).toBe(file);
  });
});
