declare global {
  /** ISO instant at which this build was made (R13). */
  const __BUILD_TIME__: string;
}

export {};
