package dev.assay.replicastore.store;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * What a RocksDB error means for the replica. RocksDB says some of it by code and some in words:
 * this is the one place that reads the words.
 */
sealed interface Fault {

  /** Bytes that don't match their checksum or each other, or a file that is gone. */
  record Damage(String file, String message) implements Fault {}

  /** The disk refuses. */
  record Disk(StorageFailed.Kind kind, String message) implements Fault {}

  /** RocksDB was called in a way that it does not take: a mistake in this package. */
  record Mistake(String message) implements Fault {}

  Pattern FILE =
      Pattern.compile("\\b(\\d{6,}\\.sst|\\d{6,}\\.log|MANIFEST-\\d+|CURRENT|OPTIONS-\\d+)");

  static Fault of(RocksDBException error) {
    return of(error.getStatus(), String.valueOf(error.getMessage()));
  }

  static Fault of(@Nullable Status status, String message) {
    if (status == null) {
      return new Mistake(message);
    }
    return switch (Objects.requireNonNullElse(status.getCode(), Status.Code.Undefined)) {
      case Corruption ->
          says(message, "input/output error")
              ? new Disk(StorageFailed.Kind.IO, message)
              : damage(message);
      case IOError -> ofDisk(status, message);
      case Ok,
          NotFound,
          NotSupported,
          InvalidArgument,
          MergeInProgress,
          Incomplete,
          ShutdownInProgress,
          TimedOut,
          Aborted,
          Busy,
          Expired,
          TryAgain,
          Undefined ->
          new Mistake(status.getCodeString() + ": " + message);
    };
  }

  private static Fault ofDisk(Status status, String message) {
    if (status.getSubCode() == Status.SubCode.NoSpace || says(message, "no space left")) {
      return new Disk(StorageFailed.Kind.FULL, message);
    }
    if (says(message, "checksum") || says(message, "corrupt") || says(message, "no such file")) {
      return damage(message);
    }
    if (says(message, "sync")) {
      return new Disk(StorageFailed.Kind.SYNC, message);
    }
    return new Disk(StorageFailed.Kind.IO, message);
  }

  private static Damage damage(String message) {
    Matcher file = FILE.matcher(message);
    return new Damage(file.find() ? file.group(1) : Finding.NO_FILE, message);
  }

  private static boolean says(String message, String words) {
    return message.toLowerCase(Locale.ROOT).contains(words);
  }
}
