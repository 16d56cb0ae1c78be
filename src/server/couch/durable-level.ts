import leveldown from 'leveldown';

/**
 * LevelDB that writes through to the disk before it reports a batch as stored. By default it leaves the last
 * writes to the operating system; but a desk deletes its outbox row once the server has said "ok" (S3).
 */
export function durableLevel(location: string) {
  const level = leveldown(location);
  const batch = level._batch.bind(level);
  level._batch = (operations, options, callback) => {
    batch(operations, { ...options, sync: true }, callback);
  };
  return level;
}
durableLevel.destroy = leveldown.destroy.bind(leveldown);
