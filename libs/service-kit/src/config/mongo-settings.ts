import { IsInt, Matches, Max, Min } from 'class-validator';
import { Setting } from './setting.js';

/** Where MongoDB is. Services that use it have these as a group. */
export class MongoSettings {
  @Matches(/^mongodb(\+srv)?:\/\/\S+$/, { message: 'must be a URI such as mongodb://127.0.0.1:27017' })
  @Setting({
    env: 'MONGODB_URI',
    about: 'MongoDB connection string; change streams need a replica set.',
    secret: true,
  })
  uri = 'mongodb://127.0.0.1:27017/?replicaSet=rs0';

  @Matches(/^[A-Za-z0-9_-]{1,63}$/, { message: 'must be 1 to 63 letters, digits, _ or -' })
  @Setting({ env: 'MONGODB_DATABASE', about: 'Database that holds the records.' })
  database = 'redis_mongo_sync';

  @IsInt()
  @Min(100)
  @Max(60_000)
  @Setting({
    env: 'MONGODB_TIMEOUT_MS',
    about: 'How long a request waits for a MongoDB that does not answer.',
    unit: 'ms',
  })
  timeoutMs = 2000;
}
