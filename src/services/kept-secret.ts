/**
 * A secret that its vendor replaces now and then. It stands outside the store, like every secret, and another process may
 * have replaced it since it was last read.
 */
export type KeptSecret = {
  /** As it stands now. Refuses with `secret_missing`. */
  read(): string;
  /**
   * Makes room for a successor before one is asked for, so that none is issued that could not be kept. Refuses with
   * `secret_unwritable`.
   */
  makeRoom(): SecretRoom;
};

export type SecretRoom = {
  /** Puts the successor in the secret's place, whole and lasting before it returns. */
  keep(value: string): void;
  /** Gives up the room; after `keep` it does nothing. */
  close(): void;
};
