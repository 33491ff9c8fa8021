package dev.assay.archiver;

class MemoryStoreTest extends ObjectStoreContract {
  private final MemoryStore store = new MemoryStore();

  @Override
  ObjectStore store() {
    return store;
  }
}
