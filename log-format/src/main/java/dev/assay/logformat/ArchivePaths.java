package dev.assay.logformat;

import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where things are in the archive.
 *
 * <pre>
 *   cluster/table/table id/partition/wal/first LSN.seg             a segment object
 *   cluster/table/table id/partition/wal/first LSN.manifest.json   its manifest
 *   cluster/table/table id/partition/ref/roots/LSN.record.json     a root's record
 *   cluster/table/table id/partition/ref/packs/SHA-256.pack        a pack of its tree's nodes
 *   cluster/keys/fingerprint.pem                                   a signer's certificate
 * </pre>
 *
 * <p>An LSN has 20 digits, so that names are in the order of LSNs. A segment's name holds the first
 * LSN only: of two different cuts, only one can be created. In a root's name, {@code record} is the
 * first 16 hexadecimal digits of the SHA-256 of the file: whoever folds writes its own, and all are
 * kept side by side. Any thread may call.
 */
public final class ArchivePaths {
  /** What the metadata partition's table is called. */
  public static final String METADATA_TABLE = "metadata";

  public static final UUID METADATA_TABLE_ID = new UUID(0, 0);

  public static final String SEGMENT_SUFFIX = ".seg";
  public static final String MANIFEST_SUFFIX = ".manifest.json";

  private static final String ROOT_SUFFIX = ".json";
  private static final String PACK_SUFFIX = ".pack";

  /** How much of a root record's SHA-256 is in its name. */
  private static final int ROOT_SHA256_DIGITS = 16;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");
  private static final Pattern WAL_KEY =
      Pattern.compile("(?s).*/([0-9]{20})(\\.seg|\\.manifest\\.json)");
  private static final Pattern ROOT_KEY =
      Pattern.compile("(?s).*/roots/([0-9]{20})\\.[0-9a-f]{16}\\.json");
  private static final Pattern PACK_KEY = Pattern.compile("(?s).*/packs/([0-9a-f]{64})\\.pack");

  private ArchivePaths() {}

  /** Whether a cluster, table or node can be called so. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }

  /** The folder of a partition's segments, with a slash at its end. */
  public static String wal(String cluster, String table, UUID tableId, int partition) {
    return partition(cluster, table, tableId, partition) + "wal/";
  }

  private static String partition(String cluster, String table, UUID tableId, int partition) {
    if (partition < 0) {
      throw new IllegalArgumentException("partitions begin at 0, not " + partition);
    }
    return name(cluster) + "/" + name(table) + "/" + tableId + "/" + partition + "/";
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
    return lsn(WAL_KEY.matcher(key));
  }

  private static long lsn(Matcher matcher) {
    if (!matcher.matches()) {
      return -1;
    }
    String digits = matcher.group(1);
    return digits.compareTo(digits(Long.MAX_VALUE)) > 0 ? -1 : Long.parseLong(digits);
  }

  /** The folder of a partition's reference, with a slash at its end. */
  public static String reference(String cluster, String table, UUID tableId, int partition) {
    return partition(cluster, table, tableId, partition) + "ref/";
  }

  /**
   * The folder of the roots' records, with a slash at its end.
   *
   * @param reference of {@link #reference}
   */
  public static String roots(String reference) {
    return reference + "roots/";
  }

  /**
   * @param reference of {@link #reference}
   * @param file the SHA-256 of the record's file
   */
  public static String root(String reference, long lsn, Sha256 file) {
    String digits = file.toString().substring(0, ROOT_SHA256_DIGITS);
    return roots(reference) + digits(lsn) + "." + digits + ROOT_SUFFIX;
  }

  /** The LSN in the name of a root's record; -1 when the key is none's. */
  public static long rootLsn(String key) {
    return lsn(ROOT_KEY.matcher(key));
  }

  /**
   * The folder of the packs, with a slash at its end.
   *
   * @param reference of {@link #reference}
   */
  public static String packs(String reference) {
    return reference + "packs/";
  }

  /**
   * @param reference of {@link #reference}
   * @param pack the SHA-256 of all its bytes
   */
  public static String pack(String reference, Sha256 pack) {
    return packs(reference) + pack + PACK_SUFFIX;
  }

  /** The SHA-256 in the name of a pack; null when the key is none's. */
  public static @Nullable Sha256 packSha256(String key) {
    Matcher matcher = PACK_KEY.matcher(key);
    return matcher.matches() ? Sha256.ofBytes(HexFormat.of().parseHex(matcher.group(1))) : null;
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
