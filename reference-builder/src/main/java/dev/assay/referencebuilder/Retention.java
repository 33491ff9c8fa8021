package dev.assay.referencebuilder;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Takes away references that are no longer kept, and the packs that only they needed. Never touches
 * the log.
 *
 * <p>Records go first, packs only when no record names them and none has for the time of grace: a
 * fold that is under way stores its packs before the record that names them. A record that can't be
 * read may name any pack, and of two that say different things of one position one is evidence
 * against the other: nothing is taken away until that is dealt with. Whatever it is interrupted in,
 * the next time goes on. For one thread at a time.
 */
final class Retention {
  private static final int KEYS_PER_CALL = 1000;

  private final FoldParts parts;
  private final Partition partition;
  private final RetentionOptions options;
  private final ObjectStore.Deleting deleting;

  Retention(
      FoldParts parts,
      Partition partition,
      RetentionOptions options,
      ObjectStore.Deleting deleting) {
    this.parts = parts;
    this.partition = partition;
    this.options = options;
    this.deleting = deleting;
  }

  Collected collect() throws IOException {
    List<Reference> all = new ArrayList<>();
    for (List<String> records : parts.roots().list(partition).values()) {
      Reference first = parts.roots().read(partition, records.getFirst());
      for (String record : records) {
        Reference each = parts.roots().read(partition, record);
        Roots.requireSame(first.root(), each);
        all.add(each);
      }
    }
    Set<Reference> kept = kept(all);
    for (Reference each : all) {
      if (!kept.contains(each)) {
        deleting.delete(each.record());
      }
    }
    return new Collected(all.size() - kept.size(), collectPacks(kept), kept.size());
  }

  private Set<Reference> kept(List<Reference> all) {
    TreeMap<Long, Reference> positions = new TreeMap<>();
    for (Reference each : all) {
      positions.merge(each.lsn(), each, (a, b) -> Roots.WRITTEN_LAST.compare(a, b) >= 0 ? a : b);
    }
    Set<Reference> kept = new HashSet<>();
    Set<Long> days = new HashSet<>();
    long oldestMs = parts.clock().millis() - options.age().toMillis();
    for (Reference each : positions.descendingMap().values()) {
      long atMs = each.root().writtenAtMs();
      boolean lastOfItsDay = days.add(atMs / Duration.ofDays(1).toMillis());
      if (kept.size() < options.newest() || (lastOfItsDay && atMs >= oldestMs)) {
        kept.add(each);
      }
    }
    return kept;
  }

  private int collectPacks(Set<Reference> kept) throws IOException {
    Set<Sha256> needed = new HashSet<>();
    for (Reference each : kept) {
      each.root().packs().stream().map(Pack::sha256).forEach(needed::add);
    }
    long nowMs = parts.clock().millis();
    Map<String, Long> unneededBefore = readNote();
    Map<String, Long> unneeded = new TreeMap<>();
    int deleted = 0;
    for (String key : packs()) {
      Sha256 pack = ArchivePaths.packSha256(key);
      if (pack == null || needed.contains(pack)) {
        continue;
      }
      long sinceMs = unneededBefore.getOrDefault(key, nowMs);
      if (nowMs - sinceMs >= options.grace().toMillis()) {
        deleting.delete(key);
        deleted++;
      } else {
        unneeded.put(key, sinceMs);
      }
    }
    writeNote(unneeded);
    return deleted;
  }

  private List<String> packs() throws IOException {
    List<String> keys = new ArrayList<>();
    String after = "";
    boolean more = true;
    while (more) {
      ObjectStore.Listing page =
          parts.reading().list(ArchivePaths.packs(partition.reference()), after, KEYS_PER_CALL);
      page.entries().forEach(entry -> keys.add(entry.key()));
      more = page.more() && !page.entries().isEmpty();
      after = more ? page.entries().getLast().key() : after;
    }
    return keys;
  }

  /** Since when which packs have not been needed: a line each. */
  private Path note() {
    return parts
        .options()
        .folder()
        .resolve(partition.tableId() + "-" + partition.partition() + ".unneeded");
  }

  private Map<String, Long> readNote() throws IOException {
    Map<String, Long> since = new TreeMap<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(note());
    } catch (NoSuchFileException none) {
      return since;
    }
    for (String line : lines) {
      int space = line.indexOf(' ');
      if (space < 0 || !line.substring(0, space).matches("[0-9]{1,18}")) {
        throw new Corrupt(note().toString(), "milliseconds and a key", "\"" + line + "\"");
      }
      since.put(line.substring(space + 1), Long.valueOf(line.substring(0, space)));
    }
    return since;
  }

  private void writeNote(Map<String, Long> unneeded) throws IOException {
    Path fresh = note().resolveSibling(note().getFileName() + ".fresh");
    Files.write(
        fresh,
        unneeded.entrySet().stream().map(each -> each.getValue() + " " + each.getKey()).toList());
    Files.move(fresh, note(), ATOMIC_MOVE, REPLACE_EXISTING);
  }
}
