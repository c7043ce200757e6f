import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** An event that is committed with the write it tells of, and waits to be published. */
@Schema({
  collection: 'outbox',
  versionKey: false,
  minimize: false, // `data` stays what it is, also without fields
  autoCreate: false,
  autoIndex: false, // see `Outbox.prepare`
  writeConcern: { w: 'majority' },
})
export class OutboxEvent {
  /** Id of the event: the same however often it is published. */
  @Prop({ type: String, required: true })
  readonly _id!: string;

  @Prop({ type: String, required: true })
  readonly type!: string;

  /** What the event is about; events of one key are published in the order of their versions. */
  @Prop({ type: String, required: true })
  readonly key!: string;

  @Prop({ type: Number, required: true })
  readonly version!: number;

  @Prop({ type: Date, required: true })
  readonly time!: Date;

  @Prop({ type: Object, required: true })
  readonly data!: Readonly<Record<string, unknown>>;

  @Prop({ type: String })
  readonly correlationId?: string;

  @Prop({ type: String })
  readonly traceparent?: string;
}

export const OutboxEventSchema = SchemaFactory.createForClass(OutboxEvent);
OutboxEventSchema.index({ version: 1, _id: 1 });
