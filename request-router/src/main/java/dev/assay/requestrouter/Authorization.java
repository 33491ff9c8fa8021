package dev.assay.requestrouter;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Authorization header, taken apart, and the date that goes with it.
 *
 * @param signedHeaders the names as the signer listed them
 * @param date as it was sent
 */
record Authorization(
    String algorithm,
    String credential,
    List<String> signedHeaders,
    String signature,
    String date) {

  static Authorization parse(String header, @Nullable String date) {
    int space = header.indexOf(' ');
    String algorithm = space < 0 ? header : header.substring(0, space);
    String rest = space < 0 ? "" : header.substring(space + 1);
    String credential = null;
    String signedHeaders = null;
    String signature = null;
    int from = 0;
    while (from <= rest.length()) {
      int to = from;
      while (to < rest.length() && rest.charAt(to) != ',' && rest.charAt(to) != ' ') {
        to++;
      }
      int equals = rest.indexOf('=', from);
      if (equals >= 0 && equals < to) {
        String value = rest.substring(equals + 1, to);
        switch (rest.substring(from, equals)) {
          case "Credential" -> credential = value;
          case "SignedHeaders" -> signedHeaders = value;
          case "Signature" -> signature = value;
          default -> {}
        }
      }
      from = to + 1;
    }
    if (credential == null
        || credential.isEmpty()
        || signedHeaders == null
        || signedHeaders.isEmpty()
        || signature == null
        || signature.isEmpty()
        || date == null) {
      throw incomplete(header, credential, signature, signedHeaders, date);
    }
    return new Authorization(
        algorithm, credential, Arrays.asList(signedHeaders.split(";", -1)), signature, date);
  }

  private static ApiException incomplete(
      String header,
      @Nullable String credential,
      @Nullable String signature,
      @Nullable String signedHeaders,
      @Nullable String date) {
    StringBuilder message = new StringBuilder();
    missing(message, "Credential", credential);
    missing(message, "Signature", signature);
    missing(message, "SignedHeaders", signedHeaders);
    if (date == null) {
      message.append(
          "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
    }
    return new ApiException(
        ErrorType.INCOMPLETE_SIGNATURE,
        message.append("Authorization=").append(Excerpt.of(header)).toString());
  }

  private static void missing(StringBuilder message, String name, @Nullable String value) {
    if (value == null || value.isEmpty()) {
      message.append("Authorization header requires '").append(name).append("' parameter. ");
    }
  }
}
