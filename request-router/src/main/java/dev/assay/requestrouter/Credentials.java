package dev.assay.requestrouter;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who may call: access keys and their secrets. Asked for every request, from any thread. */
@FunctionalInterface
public interface Credentials {

  /** Null when nobody has this access key. */
  @Nullable String secretOf(String accessKey);

  /**
   * @param secrets access key to secret
   */
  static Credentials of(Map<String, String> secrets) {
    return Map.copyOf(secrets)::get;
  }
}
