package dev.assay.replicastore.store;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.logformat.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of a checkpoint with size and digest, so that another node can fetch them one by one
 * and know that it has them. Names are relative to the checkpoint's folder, with {@code /}.
 *
 * <p>Checks that the files are what they were when the manifest was made; not that they were right
 * then. Digests are XXH3-128: they find faults, not attackers.
 */
public record CheckpointManifest(List<Entry> files) {
  private static final int VERSION = 1;
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int ENTRY_BYTES_MIN = 2 + Long.BYTES + Digest128.BYTES;

  /** What a peer may name: nothing that leads out of the folder. */
  private static final Pattern NAME =
      Pattern.compile(
          CheckpointInfo.DESCRIPTOR + "|" + CheckpointInfo.DATA + "/[A-Za-z0-9_-][A-Za-z0-9._-]*");

  public CheckpointManifest {
    files = List.copyOf(files);
  }

  /** One file. */
  public record Entry(String name, long sizeBytes, Digest128 digest) {}

  /** Reads every file of a finished checkpoint. */
  public static CheckpointManifest of(Path checkpoint) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path folder : List.of(checkpoint, checkpoint.resolve(CheckpointInfo.DATA))) {
      for (Path file : DurableFiles.list(folder)) {
        if (Files.isRegularFile(file)) {
          entries.add(read(checkpoint.relativize(file).toString(), file));
        }
      }
    }
    return new CheckpointManifest(entries);
  }

  private static Entry read(String name, Path file) throws IOException {
    HashStream128 hash = Hashing.xxh3_128().hashStream();
    byte[] buffer = new byte[BUFFER_BYTES];
    long size = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.putBytes(buffer, 0, read);
        size += read;
      }
    }
    HashValue128 value = hash.get();
    return new Entry(
        name, size, new Digest128(value.getMostSignificantBits(), value.getLeastSignificantBits()));
  }

  /**
   * Reads every file of a copy: it has exactly these files, each as it should be.
   *
   * @throws FormatException.Corrupt that names a file that is missing, different or extra
   */
  public void verify(Path copy) throws IOException {
    Map<String, Entry> rest = new LinkedHashMap<>();
    of(copy).files.forEach(actual -> rest.put(actual.name(), actual));
    for (Entry expected : files) {
      requireEqual(copy, expected, rest.remove(expected.name()));
    }
    for (Entry extra : rest.values()) {
      throw new FormatException.Corrupt(copy.resolve(extra.name()).toString(), "no file", extra);
    }
  }

  /** Reads one file of a copy, for a fetcher that asks again for what arrived broken. */
  public static void verify(Path copy, Entry expected) throws IOException {
    Path file = copy.resolve(expected.name());
    requireEqual(copy, expected, Files.isRegularFile(file) ? read(expected.name(), file) : null);
  }

  private static void requireEqual(Path copy, Entry expected, @Nullable Entry actual)
      throws FormatException {
    if (!expected.equals(actual)) {
      throw new FormatException.Corrupt(
          copy.resolve(expected.name()).toString(), expected, actual == null ? "no file" : actual);
    }
  }

  public byte[] encode() {
    BytesWriter out = new BytesWriter().varint(files.size());
    for (Entry entry : files) {
      out.text(entry.name()).i64(entry.sizeBytes()).digest(entry.digest());
    }
    return FileEnvelope.wrap(FileKind.CHECKPOINT_FILES, VERSION, out.toBytes());
  }

  /**
   * @throws FormatException also for a file name that no checkpoint has
   */
  public static CheckpointManifest decode(byte[] bytes) throws FormatException {
    BytesReader in =
        new BytesReader(FileEnvelope.unwrap(FileKind.CHECKPOINT_FILES, VERSION, VERSION, bytes));
    int count = in.count(ENTRY_BYTES_MIN, "manifest's count");
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = in.text("file's name");
      if (!NAME.matcher(name).matches()) {
        throw new FormatException.Corrupt("file's name", NAME, name);
      }
      entries.add(new Entry(name, in.i64("file's size"), in.digest("file's digest")));
    }
    in.end("manifest");
    return new CheckpointManifest(entries);
  }
}
