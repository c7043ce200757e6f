import { Injectable, type CanActivate } from '@nestjs/common';
import { MongoLifecycle } from '../mongo/mongo-lifecycle.js';

/** Holds requests back until the collections have their indexes; refuses them while MongoDB is down. */
@Injectable()
export class CollectionsReadyGuard implements CanActivate {
  constructor(private readonly mongo: MongoLifecycle) {}

  async canActivate(): Promise<boolean> {
    await this.mongo.prepared();
    return true;
  }
}
