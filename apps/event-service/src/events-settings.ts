import { Setting } from '@redis-mongo-sync/service-kit';
import { IsInt, Max, Min } from 'class-validator';

/** What the event API is told, beside where its audit log is. */
export class EventsSettings {
  @IsInt()
  @Min(4)
  @Max(1_000)
  @Setting({
    env: 'EVENTS_MAX_STREAMS',
    about: "Streams with events there may be, the product's own four counted. Each costs a connection.",
    unit: 'streams',
  })
  maxStreams = 64;

  @IsInt()
  @Min(1_000)
  @Max(100_000_000)
  @Setting({
    env: 'EVENTS_MAX_BACKLOG',
    about: 'Events that may wait in one stream to be worked off; beyond it new ones are refused with 503.',
    unit: 'events',
  })
  maxBacklog = 1_000_000;

  @IsInt()
  @Min(0)
  @Max(10_000)
  @Setting({
    env: 'EVENTS_STREAM_CLIENTS',
    about: 'Clients that may follow /api/events/stream at once.',
    unit: 'clients',
  })
  streamClients = 100;

  @IsInt()
  @Min(1)
  @Max(3_650)
  @Setting({ env: 'EVENTS_TASK_DAYS', about: 'How long a completed task is remembered.', unit: 'days' })
  taskDays = 30;
}
