import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { eventually, TcpProxy } from '@redis-mongo-sync/testing';

describe('the proxy that breaks the network', () => {
  it('keeps the order of delayed replies, also of those that come after the delay has ended', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = await TcpProxy.start({ port: (server.address() as AddressInfo).port });
    const straight = await TcpProxy.start({ port: (server.address() as AddressInfo).port });
    const client = connect(proxy.port, '127.0.0.1').setNoDelay(true);
    let received = '';
    client.on('error', () => undefined).on('data', (chunk) => (received += chunk.toString()));
    const answered = (text: string) => eventually(() => received.endsWith(text));
    try {
      await once(client, 'connect');
      client.write('a');
      await answered('a');
      let sent = 'a';
      for (let round = 0; round < 5; round++) {
        proxy.latency(250 - round * 50);
        client.write(`slow${round}`);
        // The reply is at the proxy when a round trip that was begun after it, without delay, is over.
        const other = connect(straight.port, '127.0.0.1');
        other.write('x');
        await once(other, 'data');
        other.destroy();
        client.write(`late${round}`);
        proxy.pass();
        client.write(`next${round}`);
        sent += `slow${round}late${round}next${round}`;
      }
      await eventually(() => received.length === sent.length);
      expect(received).toBe(sent);
    } finally {
      client.destroy();
      await Promise.all([proxy.close(), straight.close()]);
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
