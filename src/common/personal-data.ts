/** What a module holds about people: each that holds any gives it out and takes it away by this. */
export interface PersonalData {
  /** The section of an export that holds it, for example `deliveryAddresses`. */
  readonly section: string;

  /** All that is held about a user, ready for JSON, without secrets. */
  exportOf(userId: string): Promise<unknown>;

  /**
   * Removes the person, in the transaction under way, and may be asked again for what came in meanwhile. What the law
   * asks to keep stays, and tells no more of the person than it must.
   */
  erase(userId: string, now: Date): Promise<void>;
}
