package dev.assay.requestrouter;

import java.util.Arrays;

/** For whom, when and where a signature's key was made: the parts of its Credential. */
record Scope(String accessKey, String date, String region, String service, String terminator) {
  private static final int PARTS = 5;

  static Scope parse(String credential) {
    String[] parts = credential.split("/", -1);
    int count = parts.length;
    while (count > 0 && parts[count - 1].isEmpty()) {
      count--;
    }
    if (count < PARTS) {
      throw new ApiException(
          ErrorType.INCOMPLETE_SIGNATURE,
          "Credential must have exactly 5 slash-delimited elements, e.g."
              + " keyid/date/region/service/term, got '%s'".formatted(Excerpt.of(credential)));
    }
    // An access key may hold slashes; the four parts after it may not.
    String accessKey = String.join("/", Arrays.copyOf(parts, count - 4));
    return new Scope(
        accessKey, parts[count - 4], parts[count - 3], parts[count - 2], parts[count - 1]);
  }

  /** Throws unless a request signed at this time may have this scope. */
  void check(String timestamp) {
    StringBuilder message = new StringBuilder();
    if (region.isEmpty()) {
      message.append("Credential should be scoped to a valid region, not ''. ");
    }
    if (!service.equals("dynamodb")) {
      message.append("Credential should be scoped to correct service: 'dynamodb'. ");
    }
    if (!terminator.equals("aws4_request")) {
      message
          .append("Credential should be scoped with a valid terminator: 'aws4_request', not '")
          .append(Excerpt.of(terminator))
          .append("'. ");
    }
    if (!timestamp.startsWith(date) || date.length() != 8) {
      message
          .append(
              "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from"
                  + " HTTP: '")
          .append(Excerpt.of(date))
          .append("' != '")
          .append(timestamp, 0, 8)
          .append("', from '")
          .append(timestamp)
          .append("'.");
    }
    if (!message.isEmpty()) {
      throw new ApiException(ErrorType.INVALID_SIGNATURE, message.toString().strip());
    }
  }

  /** As it is signed. */
  String text() {
    return date + '/' + region + '/' + service + '/' + terminator;
  }
}
