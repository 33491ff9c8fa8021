package dev.assay.replicastore.store;

/** What an entry did to a store. */
public enum Applied {
  /** It was applied before: nothing happened, and no checkpoint is taken again. */
  ALREADY,
  /** It carries no data: the position moved. */
  NOTHING,
  /** Its batch was evaluated on another state than this: the position moved. */
  REFUSED,
  /** Its mutations are done. */
  ACCEPTED
}
