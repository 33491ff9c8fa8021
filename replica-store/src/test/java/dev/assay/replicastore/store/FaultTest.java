package dev.assay.replicastore.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

class FaultTest {
  private static Fault fault(Status.Code code, Status.SubCode subCode, String message) {
    return Fault.of(new RocksDBException(message, new Status(code, subCode, message)));
  }

  private static Fault ioError(String message) {
    return fault(Status.Code.IOError, Status.SubCode.None, message);
  }

  @Test
  void corruptionIsDamageOfTheFileThatItNames() {
    String message =
        "block checksum mismatch: stored = 1, computed = 2, type = 4  in /d/data-1/000008.sst"
            + " offset 4912 size 978";
    assertEquals(
        new Fault.Damage("000008.sst", message),
        fault(Status.Code.Corruption, Status.SubCode.None, message));
  }

  @Test
  void corruptionThatNamesNoFileIsDamageAllTheSame() {
    assertEquals(
        new Fault.Damage(Finding.NO_FILE, "bad entry in block"),
        fault(Status.Code.Corruption, Status.SubCode.None, "bad entry in block"));
  }

  @Test
  void fileThatIsGoneIsDamage() {
    assertEquals(
        "MANIFEST-000005",
        assertInstanceOf(
                Fault.Damage.class,
                ioError("While opening: /d/MANIFEST-000005: No such file or directory"))
            .file());
  }

  @Test
  void checksumInTheWordsOfAnIoErrorIsDamage() {
    assertInstanceOf(Fault.Damage.class, ioError("file checksum mismatch"));
  }

  @Test
  void diskErrorsAreToldApart() {
    assertDisk(
        StorageFailed.Kind.FULL, fault(Status.Code.IOError, Status.SubCode.NoSpace, "append"));
    assertDisk(StorageFailed.Kind.FULL, ioError("append: No space left on device"));
    assertDisk(StorageFailed.Kind.SYNC, ioError("While fdatasync: /d/1.sst: Input/output error"));
    assertDisk(StorageFailed.Kind.SYNC, ioError("While fsync: /d: Input/output error"));
    assertDisk(StorageFailed.Kind.IO, ioError("While pread offset 0: Input/output error"));
    assertDisk(
        StorageFailed.Kind.IO,
        fault(
            Status.Code.Corruption,
            Status.SubCode.None,
            "IO error: While pread: /d/000009.sst: Input/output error"));
  }

  private static void assertDisk(StorageFailed.Kind kind, Fault fault) {
    assertEquals(kind, assertInstanceOf(Fault.Disk.class, fault).kind());
  }

  @Test
  void everythingElseIsAMistakeOfOurs() {
    for (Status.Code code :
        List.of(Status.Code.InvalidArgument, Status.Code.NotSupported, Status.Code.Busy)) {
      assertInstanceOf(Fault.Mistake.class, fault(code, Status.SubCode.None, "x"));
    }
    assertInstanceOf(Fault.Mistake.class, Fault.of(new RocksDBException("no status")));
  }
}
