import { RedisStreamsServer } from '@redis-mongo-sync/redis-streams/nest';
import { Controller, type INestApplication } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';

@Controller()
export class Tasks {
  readonly titles: string[] = [];

  @EventPattern('tasks:created')
  created(@Payload() task: { title: string }): void {
    this.titles.push(task.title);
  }

  @MessagePattern('count')
  count(): number {
    return this.titles.length;
  }
}

/** A hybrid application: HTTP as before, and messages. */
export async function addMessages(app: INestApplication, url: string): Promise<void> {
  app.connectMicroservice(
    { strategy: new RedisStreamsServer({ url, group: 'tasks' }) },
    { inheritAppConfig: true },
  );
  await app.startAllMicroservices();
}
