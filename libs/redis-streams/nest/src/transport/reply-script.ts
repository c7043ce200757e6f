import { defineScript } from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import type { RpcReply } from './rpc-packets.js';

const REPLY_TTL_MS = 60_000;

const script = defineScript<number>({
  name: 'messaging.reply',
  file: new URL('../../../src/lua/reply.lua', import.meta.url),
  numberOfKeys: 2,
});

export async function sendReply(commands: Redis, replyTo: string, reply: RpcReply): Promise<void> {
  await script.run(
    commands,
    [replyTo, `${replyTo}:~last`],
    [reply.id, reply.sequence, JSON.stringify(reply), REPLY_TTL_MS],
  );
}
