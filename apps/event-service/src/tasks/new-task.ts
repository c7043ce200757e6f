import { EnumField, PatternField, RequestDto, TextField } from '@redis-mongo-sync/service-kit';
import type { JsonObject } from '@redis-mongo-sync/sync-core';
import { DataField, NameField, ProseField } from '../publish/event-fields.js';

/** No colon: the events of a task are named with one. */
const TASK_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const TaskIdField = (description: string, optional = false) =>
  PatternField({
    pattern: TASK_ID,
    message: 'must have 1 to 100 letters, digits, dots, - and _',
    description,
    optional,
  });

/** What a client says of a new task: `POST /api/events/tasks` */
export class NewTask {
  @TextField({ max: 200, example: 'Write the report' })
  title!: string;

  @ProseField({ optional: true, example: 'Two pages' })
  description?: string;

  @EnumField(['low', 'medium', 'high', 'urgent'])
  priority: 'low' | 'medium' | 'high' | 'urgent' = 'medium';

  @NameField({ optional: true, example: 'grace' })
  assignedTo?: string;

  @NameField({ optional: true, example: 'ada' })
  createdBy?: string;

  @TaskIdField('Your id of the task and of its first event: sent again, it is recognised.', true)
  eventId?: string;
}

/** `POST /api/events/tasks/:id/complete` */
@RequestDto({ mayBeAbsent: true })
export class TaskCompletion {
  @NameField({ optional: true, example: 'grace' })
  completedBy?: string;

  @DataField({ optional: true, example: { pages: 2 } })
  result?: JsonObject;
}

export class TaskPath {
  @TaskIdField('`taskId` of the creation.')
  id!: string;
}
