package dev.assay.logformat;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where things are in the archive.
 *
 * <pre>
 *   cluster/table/table id/partition/wal/first LSN.seg             a segment object
 *   cluster/table/table id/partition/wal/first LSN.manifest.json   its manifest
 *   cluster/keys/fingerprint.pem                                   a signer's certificate
 * </pre>
 *
 * <p>An LSN has 20 digits, so that names are in the order of LSNs. A name holds the first LSN only:
 * of two different cuts, only one can be created. Any thread may call.
 */
public final class ArchivePaths {
  /** What the metadata partition's table is called. */
  public static final String METADATA_TABLE = "metadata";

  public static final UUID METADATA_TABLE_ID = new UUID(0, 0);

  public static final String SEGMENT_SUFFIX = ".seg";
  public static final String MANIFEST_SUFFIX = ".manifest.json";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");
  private static final Pattern WAL_KEY =
      Pattern.compile("(?s).*/([0-9]{20})(\\.seg|\\.manifest\\.json)");

  private ArchivePaths() {}

  /** Whether a cluster, table or node can be called so. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }

  /** The folder of a partition's segments, with a slash at its end. */
  public static String wal(String cluster, String table, UUID tableId, int partition) {
    if (partition < 0) {
      throw new IllegalArgumentException("partitions begin at 0, not " + partition);
    }
    return name(cluster) + "/" + name(table) + "/" + tableId + "/" + partition + "/wal/";
  }

  /**
   * @param wal of {@link #wal}
   */
  public static String segment(String wal, long firstLsn) {
    return wal + digits(firstLsn) + SEGMENT_SUFFIX;
  }

  /**
   * @param wal of {@link #wal}
   */
  public static String manifest(String wal, long firstLsn) {
    return wal + digits(firstLsn) + MANIFEST_SUFFIX;
  }

  /** The LSN in the name of a segment or a manifest; -1 when the key is neither's. */
  public static long firstLsn(String key) {
    Matcher matcher = WAL_KEY.matcher(key);
    if (!matcher.matches()) {
      return -1;
    }
    String digits = matcher.group(1);
    return digits.compareTo(digits(Long.MAX_VALUE)) > 0 ? -1 : Long.parseLong(digits);
  }

  /** The folder of the signers' certificates, with a slash at its end. */
  public static String keys(String cluster) {
    return name(cluster) + "/keys/";
  }

  public static String certificate(String cluster, Sha256 fingerprint) {
    return keys(cluster) + fingerprint + ".pem";
  }

  private static String digits(long lsn) {
    if (lsn < 0) {
      throw new IllegalArgumentException("LSNs begin at 0, not " + lsn);
    }
    return String.format(Locale.ROOT, "%020d", lsn);
  }

  private static String name(String name) {
    if (!isName(name)) {
      throw new IllegalArgumentException("not a name: \"" + name + "\"");
    }
    return name;
  }
}
