package dev.assay.archiver;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The Content-MD5 header, by which a store sees that a body was hurt on its way. */
final class ContentMd5 {
  private ContentMd5() {}

  static String of(ByteBuffer body) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      md5.update(body.duplicate());
      return Base64.getEncoder().encodeToString(md5.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java runtime has MD5", e);
    }
  }
}
