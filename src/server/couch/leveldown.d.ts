declare module 'leveldown' {
  interface BatchOptions {
    sync?: boolean;
  }
  interface LevelDown {
    _batch(operations: unknown[], options: BatchOptions, callback: (error?: Error) => void): void;
  }
  function leveldown(location: string): LevelDown;
  namespace leveldown {
    function destroy(location: string, callback: (error?: Error) => void): void;
  }
  export default leveldown;
}
